#include "polytask/checkpoint/background_save.h"

#include <utility>

namespace polytask {

BackgroundSaver::BackgroundSaver() : thread_([this] { run(); }) {}

BackgroundSaver::~BackgroundSaver() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void BackgroundSaver::start(SaveJob job) {
  std::unique_lock lock(mutex_);
  wait_while(lock, [this] { return stage_ != Stage::idle; });
  job_ = std::move(job);
  job_waits_ = true;
  stage_ = Stage::copying;
  changed_.notify_all();
}

void BackgroundSaver::wait_until_copied() {
  std::unique_lock lock(mutex_);
  wait_while(lock, [this] { return stage_ == Stage::copying; });
}

void BackgroundSaver::wait() {
  std::unique_lock lock(mutex_);
  wait_while(lock, [this] { return stage_ != Stage::idle; });
}

std::vector<int> BackgroundSaver::take_durable() {
  const std::lock_guard lock(mutex_);
  return std::exchange(durable_, {});
}

void BackgroundSaver::wait_while(std::unique_lock<std::mutex>& lock,
                                 const std::function<bool()>& busy) {
  changed_.wait(lock, [&] { return !busy(); });
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void BackgroundSaver::run() {
  for (;;) {
    SaveJob job;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return job_waits_ || stop_; });
      if (!job_waits_) return;
      job_waits_ = false;
      job = std::move(job_);
    }
    perform(job);
    enter(Stage::idle);
  }
}

void BackgroundSaver::perform(const SaveJob& job) {
  try {
    job.copy();
    enter(Stage::syncing);
    job.make_durable();
    const std::lock_guard lock(mutex_);
    durable_.push_back(job.epoch);
  } catch (...) {
    const std::lock_guard lock(mutex_);
    failure_ = std::current_exception();
  }
}

void BackgroundSaver::enter(Stage stage) {
  {
    const std::lock_guard lock(mutex_);
    stage_ = stage;
  }
  changed_.notify_all();
}

}  // namespace polytask
