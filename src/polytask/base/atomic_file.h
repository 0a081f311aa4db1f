// A file that appears whole and durable, or not at all.
//
//   AtomicFile file("run/model.safetensors");
//   file.write(bytes);
//   file.commit();
//
// The bytes go into a partial file in the same folder; commit() syncs it,
// renames it over the old one and syncs the folder. Until then whatever had the
// name before is untouched, also when the power fails. When commit() has
// returned, the new bytes survive a power failure.
//
// Where a path is given, a symbolic link stays one: the file it points to is
// replaced; a device or a folder is refused. Where a name in a Folder is given,
// nothing is followed: whatever has the name is replaced, a folder refused.
//
// A partial file is called .NAME.PROCESS-NUMBER.partial. Its writer holds a
// lock on it (flock), so that leftovers of killed processes are recognised even
// when process numbers repeat.
//
// Every function but the destructor throws Fault::io: no space ("disk full",
// with the bytes needed and free), no permission, a limit on file sizes
// (instead of the signal SIGXFSZ), ... After a throw the partial file is gone
// and the object is useless. One thread at a time.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "polytask/base/file_descriptor.h"
#include "polytask/base/file_operations.h"
#include "polytask/base/folder.h"

namespace polytask {

class AtomicFile {
 public:
  // Creates the partial file.
  explicit AtomicFile(
      const Destination& destination,
      const FileOperations& operations = system_file_operations());

  // Removes the partial file when it was not committed.
  ~AtomicFile();

  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  // Takes the space for a file of this size now, so that a full disk is met
  // before any byte is written. Does nothing on file systems that cannot.
  void reserve(std::uint64_t bytes);

  // Appends.
  void write(std::span<const std::byte> bytes);

  // Replaces bytes that were written before: offset + size <= bytes written.
  void overwrite(std::uint64_t offset, std::span<const std::byte> bytes);

  // Call once, as the last thing. Throws, with the new file in place, when only
  // the last sync failed: it may then not survive a power failure.
  void commit();

 private:
  void open_folder(const Destination& destination);
  void create_partial();
  [[nodiscard]] bool claim_partial() const;
  void require_below_size_limit(std::uint64_t bytes);
  void write_at(std::uint64_t offset, std::span<const std::byte> bytes);
  void discard() noexcept;
  [[noreturn]] void fail(std::string_view what, int error);
  [[noreturn]] void fail_for_space(int error);

  std::filesystem::path path_;  // as the caller wrote it, for messages
  std::string name_;            // of what is replaced, in the folder
  std::string partial_;         // beside it; empty: there is none
  FileOperations operations_;
  FileDescriptor folder_;
  FileDescriptor file_;
  std::uint64_t written_ = 0;  // bytes
  std::uint64_t needed_ = 0;  // bytes, at least: for the message of a full disk
};

// The whole of an AtomicFile's life for content that is at hand.
void write_file_atomically(
    const Destination& destination, std::string_view content,
    const FileOperations& operations = system_file_operations());

// Deletes the partial files in `folder` whose writer has ended and returns how
// many there were. Throws Fault::io when the folder cannot be read.
std::size_t remove_leftovers(const Folder& folder);

}  // namespace polytask
