// Saves while the training goes on.
//
//   BackgroundSaver saver;
//   saver.start({.epoch = 7, .copy = ..., .make_durable = ...});
//   ... forward, backward ...
//   saver.wait_until_copied();   // then the optimiser may change the weights
//   for (int epoch : saver.take_durable()) report(epoch);
//   ...
//   saver.wait();                // at the end of the training
//
// One save at a time, in one thread of its own. What a save throws is
// kept and thrown, once, by the next start, wait_until_copied or wait, in the
// thread that calls it; a start that throws begins no save. All functions are
// for one and the same thread.

#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace polytask {

struct SaveJob {
  int epoch = 0;
  std::function<void()> copy;          // reads the weights
  std::function<void()> make_durable;  // reads them no more; may take long
};

class BackgroundSaver {
 public:
  BackgroundSaver();

  // Finishes the save that is going on. A failure that no one asked for is
  // lost: call wait() first.
  ~BackgroundSaver();

  BackgroundSaver(const BackgroundSaver&) = delete;
  BackgroundSaver& operator=(const BackgroundSaver&) = delete;

  // Waits for the save before, then begins this one.
  void start(SaveJob job);

  // Returns at once when no save is going on.
  void wait_until_copied();

  // Until the last save is durable.
  void wait();

  // The epochs whose saves became durable since the last call, in order.
  // Neither waits nor throws.
  [[nodiscard]] std::vector<int> take_durable();

 private:
  enum class Stage { idle, copying, syncing };

  void run();
  void perform(const SaveJob& job);
  void enter(Stage stage);
  void wait_while(std::unique_lock<std::mutex>& lock,
                  const std::function<bool()>& busy);

  std::mutex mutex_;  // guards all below but thread_
  std::condition_variable changed_;
  Stage stage_ = Stage::idle;
  SaveJob job_;  // moved out by the thread at the beginning of `copying`
  bool job_waits_ = false;
  bool stop_ = false;
  std::exception_ptr failure_;
  std::vector<int> durable_;
  std::thread thread_;  // last: it uses the others
};

}  // namespace polytask
