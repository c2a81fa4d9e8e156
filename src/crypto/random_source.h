#pragma once
// This room may include base/ only, so randomness arrives as "anything that fills a span": ports::Random
// does.
#include <concepts>
#include <cstdint>
#include <functional>
#include <span>
#include <type_traits>

namespace sallyport::crypto {

/// Cryptographic randomness, not owned: `source` must outlive it, and be safe to call from several threads
/// where the holder is.
class RandomSource {
public:
    template <class Source>
        requires(!std::same_as<std::remove_cvref_t<Source>, RandomSource>) &&
                requires(Source& source, std::span<std::uint8_t> out) { source.fill(out); }
    RandomSource(Source& source)  // NOLINT(google-explicit-constructor): a ports::Random is passed as it is
        : m_fill([&source](std::span<std::uint8_t> out) { source.fill(out); })
    {
    }
    void fill(std::span<std::uint8_t> out) const { m_fill(out); }

private:
    std::function<void(std::span<std::uint8_t>)> m_fill;
};

}  // namespace sallyport::crypto
