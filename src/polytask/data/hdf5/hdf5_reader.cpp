#include "polytask/data/hdf5_reader.h"

#include <optional>
#include <system_error>

#include "polytask/base/error.h"
#include "polytask/base/text.h"
#include "polytask/base/worker/worker_process.h"
#include "polytask/data/array_dataset.h"
#include "polytask/data/file_kind.h"
#include "polytask/data/hdf5/hdf5_content.h"

namespace polytask {
namespace {

// Before the worker knows how much there is to read; it extends them then.
constexpr unsigned kCpuSeconds = 1;
constexpr std::size_t kMemoryBytes = std::size_t{512} << 20;
// A slow network disk gives a megabyte a second, and a file may unpack to many
// times its size. What loops is ended by the limit on processor time.
constexpr double kWallSeconds = 60.0;
constexpr double kBytesPerSecond = 1e5;

// Size of the HDF5 file `path`.
std::uint64_t checked_file_size(const std::filesystem::path& path) {
  const RecognizedFile found = recognize_file(path);
  if (found.kind == FileKind::folder) {
    throw Error(Fault::io, cat(path.string(),
                               ": expected an HDF5 file, found a directory"));
  }
  if (found.kind != FileKind::hdf5) {
    throw wrong_kind(path, "an HDF5 file", found);
  }
  std::error_code error;
  const std::uintmax_t bytes = std::filesystem::file_size(path, error);
  if (!error) return bytes;
  throw Error(Fault::io, cat(path.string(), ": cannot be read: ",
                             error.message(), "; check the path"));
}

// Reads what the worker wrote; nothing it says is taken on trust, for the
// file it read may have damaged it.
Hdf5Description checked_description(const std::string& path,
                                    const WorkerOutcome& outcome,
                                    const SharedMemory& memory) {
  if (outcome.timed_out) {
    throw Error(Fault::resource,
                cat(path,
                    ": reading it took longer than its size explains and "
                    "was ended; if other programs read it, write it "
                    "again with larger chunks (in Python chunks=True)"));
  }
  if (!outcome.answered) {
    throw Error(Fault::data,
                cat(path, ": could not be read: the HDF5 library ",
                    describe_failure(outcome),
                    " on it; the file is damaged: copy or write it again"));
  }
  std::optional<Hdf5Description> description = decode(outcome.answer);
  if (description && description->total_bytes() == memory.size_bytes()) {
    return *std::move(description);
  }
  throw Error(
      Fault::data,
      cat(path, ": could not be read: reading it gave data that does ",
          "not fit together; the file is damaged: copy or write it ", "again"));
}

ArrayContent make_content(Hdf5Description description,
                          const SharedMemory& memory) {
  ArrayContent content;
  content.images = memory.map(description.total_bytes());
  content.size = description.size;
  const auto* targets = reinterpret_cast<const float*>(
      content.images.get() + description.targets_offset());
  content.targets.assign(targets, targets + description.target_count());
  content.spec = std::move(description.spec);
  return content;
}

WorkerOutcome read_in_worker(const std::string& path, std::uint64_t bytes,
                             const Hdf5Options& options, SharedMemory& memory) {
  const WorkerLimits limits{
      .wall_seconds =
          kWallSeconds + static_cast<double>(bytes) / kBytesPerSecond,
      .cpu_seconds = kCpuSeconds,
      .memory_bytes = kMemoryBytes,
      .attempts = 2};
  try {
    return run_in_worker(limits, {memory.descriptor()}, [&] {
      return encode(read_hdf5_content(path, bytes, options, memory));
    });
  } catch (const Error& e) {
    if (e.fault() != Fault::resource) throw;
    throw Error(e.fault(), cat(path, ": ", e.what()));
  }
}

}  // namespace

DatasetPtr read_hdf5(const std::filesystem::path& path,
                     const Hdf5Options& options) {
  const std::string name = path.string();
  const std::uint64_t bytes = checked_file_size(path);
  SharedMemory memory;
  const WorkerOutcome outcome = read_in_worker(name, bytes, options, memory);
  ArrayContent content =
      make_content(checked_description(name, outcome, memory), memory);
  content.source = path.filename().string();
  content.spec.minus_one = options.minus_one;
  return std::make_shared<ArrayDataset>(std::move(content));
}

}  // namespace polytask
