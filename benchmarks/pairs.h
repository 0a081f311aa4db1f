// Two kinds of work in turns, in one process, so that a drift of the machine
// meets both; and what the machine is.

#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <random>
#include <string>
#include <vector>

namespace polytask::benchmark {

struct Pairs {
  double first_ms = 0.0;  // medians
  double second_ms = 0.0;
  double ratio = 0.0;  // median of the pairs' first / second,
  double low = 0.0;    // with its 95 % bootstrap interval
  double high = 0.0;
};

template <class Work>
double milliseconds(Work& work) {
  const auto begin = std::chrono::steady_clock::now();
  work.run();
  const std::chrono::duration<double, std::milli> elapsed =
      std::chrono::steady_clock::now() - begin;
  return elapsed.count();
}

inline double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : 0.5 * (values[n / 2 - 1] + values[n / 2]);
}

// Milliseconds of one run, on average over a turn: so many runs that it lasts
// a while, after some that do not count. Those bring the data back into the
// caches, and last until the threads of who had the turn before, which go on
// looking for work for some 15 milliseconds, have fallen asleep.
template <class Work>
double milliseconds_of_turn(Work& work) {
  constexpr double kUncountedMs = 25.0;
  constexpr double kCountedMs = 20.0;
  double uncounted = 0.0;
  while (uncounted < kUncountedMs) uncounted += milliseconds(work);
  double counted = 0.0;
  int runs = 0;
  for (; counted < kCountedMs; ++runs) counted += milliseconds(work);
  return counted / runs;
}

// first and second take turns: `warm_ups` pairs that do not count, then `pairs`
// that do.
template <class First, class Second>
Pairs measure_pairs(First& first, Second& second, int warm_ups, int pairs) {
  for (int i = 0; i < warm_ups; ++i) {
    milliseconds(second);
    milliseconds(first);
  }
  std::vector<double> first_ms, second_ms, ratios;
  for (int i = 0; i < pairs; ++i) {
    second_ms.push_back(milliseconds_of_turn(second));
    first_ms.push_back(milliseconds_of_turn(first));
    ratios.push_back(first_ms.back() / second_ms.back());
  }
  constexpr int kResamples = 2000;
  std::mt19937 random(1);
  std::vector<double> medians, drawn(ratios.size());
  for (int r = 0; r < kResamples; ++r) {
    for (double& value : drawn) value = ratios[random() % ratios.size()];
    medians.push_back(median(drawn));
  }
  std::ranges::sort(medians);
  return {.first_ms = median(first_ms),
          .second_ms = median(second_ms),
          .ratio = median(ratios),
          .low = medians[kResamples / 40],
          .high = medians[kResamples - 1 - kResamples / 40]};
}

inline void print_machine(int threads) {
  std::ifstream info("/proc/cpuinfo");
  std::string line;
  while (std::getline(info, line) && !line.starts_with("model name")) {
  }
  const char* extensions = __builtin_cpu_supports("avx512f") ? "AVX-512"
                           : __builtin_cpu_supports("avx2")  ? "AVX2"
                                                             : "no AVX2";
  std::printf("%s, %s, %d threads, g++ %s\n", line.c_str(), extensions, threads,
              __VERSION__);
}

}  // namespace polytask::benchmark
