#pragma once
#include "ports/random.h"

namespace sallyport::adapters {

/// The kernel's generator (getrandom). Throws Unavailable rather than give a byte that is not random. Any
/// thread.
class SystemRandom : public ports::Random {
public:
    void fill(std::span<std::uint8_t> out) override;
};

}  // namespace sallyport::adapters
