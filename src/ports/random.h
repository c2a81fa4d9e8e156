#pragma once
#include "base/bytes.h"
#include "base/ids.h"
#include "base/secret.h"

#include <array>
#include <cstdint>
#include <span>

namespace sallyport::ports {

/// Cryptographic randomness.
class Random {
public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::uint8_t> out) = 0;

    template <std::size_t N>
    std::array<std::uint8_t, N> array()
    {
        std::array<std::uint8_t, N> out{};
        fill(out);
        return out;
    }
    Bytes bytes(std::size_t count)
    {
        Bytes out(count);
        fill(out);
        return out;
    }
    Secret secret(std::size_t count) { return Secret(bytes(count)); }
    template <class AnyId>
    AnyId id(Instant now)
    {
        return AnyId(make_uuid_v7(now, array<10>()));
    }
    /// Uniform in [0, bound), by rejection. `bound` is not 0.
    std::uint32_t below(std::uint32_t bound)
    {
        const std::uint32_t limit = UINT32_MAX - UINT32_MAX % bound;
        for (;;) {
            const auto b = array<4>();
            const std::uint32_t n = (std::uint32_t{b[0]} << 24U) | (std::uint32_t{b[1]} << 16U) |
                                    (std::uint32_t{b[2]} << 8U) | std::uint32_t{b[3]};
            if (n < limit) return n % bound;
        }
    }
};

}  // namespace sallyport::ports
