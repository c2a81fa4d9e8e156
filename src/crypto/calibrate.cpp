#include "crypto/calibrate.h"

#include "base/check.h"

#include <algorithm>

namespace sallyport::crypto {

namespace {

constexpr HashParameters floor{};
constexpr int runs = 4;
constexpr int refinements_max = 4;
constexpr std::uint32_t memory_step_kib = 1024;

struct NoRandomness {
    void fill(std::span<std::uint8_t> out) { std::ranges::fill(out, std::uint8_t{0}); }
};

/// Milliseconds of one hash; the clock counts whole ones, so several are measured together.
double measure(HashParameters parameters, const std::function<Instant()>& now)
{
    NoRandomness salts;
    const RandomSource random{salts};
    const HashInput input{Secret(Bytes(key_bytes))};
    const Instant begun = now();
    for (int i = 0; i < runs; ++i) argon2id(input, parameters, random);
    return std::max(static_cast<double>((now() - begun).count()) / runs, 0.25);
}

HashParameters with_work(double work_kib, std::uint32_t memory_kib_max)
{
    HashParameters wanted = floor;
    const double memory = std::min(work_kib / floor.passes, static_cast<double>(memory_kib_max));
    const std::uint32_t rounded = static_cast<std::uint32_t>(memory) / memory_step_kib * memory_step_kib;
    wanted.memory_kib = std::max(rounded, floor.memory_kib);
    const double passes = std::clamp(work_kib / wanted.memory_kib, 1.0, static_cast<double>(hash_passes_max));
    wanted.passes = std::max(static_cast<std::uint32_t>(passes), floor.passes);
    return wanted;
}

}  // namespace

Calibration calibrate(Duration target, std::uint32_t memory_kib_max, const std::function<Instant()>& now)
{
    CHECK(memory_kib_max >= floor.memory_kib && memory_kib_max <= hash_memory_kib_max);
    const double target_ms = static_cast<double>(target.count());
    HashParameters best = floor;
    double best_ms = measure(floor, now);
    for (int i = 0; i < refinements_max; ++i) {
        const HashParameters next =
            with_work(static_cast<double>(best.work()) * target_ms / best_ms, memory_kib_max);
        if (next == best) break;
        best = next;
        best_ms = measure(best, now);
    }
    return {best, Duration(static_cast<std::int64_t>(best_ms + 0.5))};
}

}  // namespace sallyport::crypto
