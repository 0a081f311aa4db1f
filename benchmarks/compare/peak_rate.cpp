#include "benchmarks/compare/peak_rate.h"

#include <chrono>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace polytask::benchmark {
namespace {

#if defined(__x86_64__)

// Enough to hide the latency of two units; 16 registers hold them all.
constexpr int kSums = 12;

using Clock = std::chrono::steady_clock;

struct Loop {
  void (*run)(long rounds, float* result);
  int floats;  // in a vector
};

__attribute__((target("avx2,fma"))) void run_avx2(long rounds, float* result) {
  __m256 sums[kSums];
  const __m256 x = _mm256_set1_ps(0.999999f);
  const __m256 y = _mm256_set1_ps(1e-6f);
  for (int i = 0; i < kSums; ++i) sums[i] = _mm256_set1_ps(0.1f * (float)i);
  for (long r = 0; r < rounds; ++r) {
#pragma GCC unroll 12
    for (int i = 0; i < kSums; ++i) sums[i] = _mm256_fmadd_ps(sums[i], x, y);
  }
  for (int i = 1; i < kSums; ++i) sums[0] = _mm256_add_ps(sums[0], sums[i]);
  _mm256_storeu_ps(result, sums[0]);
}

__attribute__((target("avx512f"))) void run_avx512(long rounds, float* result) {
  __m512 sums[kSums];
  const __m512 x = _mm512_set1_ps(0.999999f);
  const __m512 y = _mm512_set1_ps(1e-6f);
  for (int i = 0; i < kSums; ++i) sums[i] = _mm512_set1_ps(0.1f * (float)i);
  for (long r = 0; r < rounds; ++r) {
#pragma GCC unroll 12
    for (int i = 0; i < kSums; ++i) sums[i] = _mm512_fmadd_ps(sums[i], x, y);
  }
  for (int i = 1; i < kSums; ++i) sums[0] = _mm512_add_ps(sums[0], sums[i]);
  _mm512_storeu_ps(result, sums[0]);
}

double rate_of_one_thread(const Loop& loop) {
  constexpr long kRounds = 1'000'000;
  float result[16];
  double operations = 0.0;
  loop.run(kRounds, result);  // Wakes the vector units up.
  const auto begin = Clock::now();
  std::chrono::duration<double> elapsed{};
  while (elapsed.count() < 0.1) {
    loop.run(kRounds, result);
    operations += 2.0 * kSums * loop.floats * kRounds;
    elapsed = Clock::now() - begin;
  }
  [[maybe_unused]] volatile float kept = result[0];
  return operations / elapsed.count() * 1e-9;
}

double rate_of_all_threads(const Loop& loop, int threads) {
  std::vector<double> rates(static_cast<std::size_t>(threads));
  {
    std::vector<std::jthread> team;
    for (double& rate : rates) {
      team.emplace_back([&] { rate = rate_of_one_thread(loop); });
    }
  }
  double sum = 0.0;
  for (const double rate : rates) sum += rate;
  return sum;
}

#endif

}  // namespace

PeakRate measure_peak_rate([[maybe_unused]] int threads) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) {
    return {rate_of_all_threads({run_avx512, 16}, threads), "AVX-512"};
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    return {rate_of_all_threads({run_avx2, 8}, threads), "AVX2"};
  }
#endif
  return {0.0, "none"};
}

}  // namespace polytask::benchmark
