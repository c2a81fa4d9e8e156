#pragma once
// `sallyport hash calibrate`: parameters that take about the time the operator wants on this machine.
#include "base/time.h"
#include "crypto/password_hash.h"

#include <functional>

namespace sallyport::crypto {

struct Calibration {
    HashParameters parameters;
    Duration measured;  // one hash with them, on one idle core
};
/// Raises memory first (up to `memory_kib_max`), then passes; never below OWASP's floor (19 MiB, two passes),
/// even where that takes longer than `target`. Runs for about thirty times `target`.
Calibration calibrate(Duration target, std::uint32_t memory_kib_max, const std::function<Instant()>& now);

}  // namespace sallyport::crypto
