#include "polytask/onednn/call.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "polytask/onednn/session.h"

namespace polytask::onednn {
namespace {

// Threads look for a seat in different places first.
std::size_t number_of_this_thread() {
  static std::atomic<std::size_t> threads = 0;
  thread_local const std::size_t number = threads++;
  return number;
}

}  // namespace

struct Call::Seat {
  explicit Seat(const std::vector<Argument>& described) {
    for (const Argument& argument : described) {
      memories.push_back({argument.desc, cpu_engine(), DNNL_MEMORY_NONE});
      arguments.push_back({argument.id, memories.back().get()});
    }
    addresses.resize(described.size());
  }

  void point_to(std::span<const float* const> data) {
    for (std::size_t i = 0; i < memories.size(); ++i) {
      if (addresses[i] == data[i]) continue;
      addresses[i] = data[i];
      // oneDNN takes sources as void*, too, but never writes to them.
      memories[i].set_data_handle(const_cast<float*>(data[i]));
    }
  }

  std::vector<dnnl::memory> memories;
  std::vector<dnnl_exec_arg_t> arguments;
  std::vector<const float*> addresses;
};

Call::Call(dnnl::primitive primitive, std::vector<Argument> arguments)
    : primitive_(std::move(primitive)), arguments_(std::move(arguments)) {
  const std::size_t processors = std::thread::hardware_concurrency();
  const std::size_t seats = std::clamp(processors, std::size_t{1}, kSeats);
  for (std::size_t i = 0; i < seats; ++i) seats_[i] = new Seat(arguments_);
}

Call::~Call() {
  for (std::atomic<Seat*>& seat : seats_) delete seat.load();
}

void Call::run(std::span<const float* const> data) const {
  try {
    thread_local const dnnl::stream stream(cpu_engine());
    const std::size_t first = number_of_this_thread();
    std::unique_ptr<Seat> seat = take_seat(first);
    seat->point_to(data);
    const SingleThreaded single_threaded;
    dnnl::error::wrap_c_api(
        dnnl_primitive_execute(primitive_.get(), stream.get(),
                               static_cast<int>(seat->arguments.size()),
                               seat->arguments.data()),
        "could not execute a primitive");
    leave(std::move(seat), first);
  } catch (const dnnl::error& e) {
    refuse_as(e, "a layer");
  }
}

std::unique_ptr<Call::Seat> Call::take_seat(std::size_t first) const {
  for (std::size_t i = 0; i < kSeats; ++i) {
    std::atomic<Seat*>& place = seats_[(first + i) % kSeats];
    if (place.load(std::memory_order_relaxed) == nullptr) continue;
    if (Seat* seat = place.exchange(nullptr)) {
      return std::unique_ptr<Seat>(seat);
    }
  }
  return std::make_unique<Seat>(arguments_);
}

void Call::leave(std::unique_ptr<Seat> seat, std::size_t first) const {
  for (std::size_t i = 0; i < kSeats; ++i) {
    Seat* empty = nullptr;
    if (seats_[(first + i) % kSeats].compare_exchange_strong(empty,
                                                             seat.get())) {
      (void)seat.release();
      return;
    }
  }
}

}  // namespace polytask::onednn
