#pragma once
// For tests only: bytes that are the same at every run.
#include <cstdint>
#include <random>
#include <span>

namespace sallyport::crypto {

class TestRandom {
public:
    explicit TestRandom(std::uint64_t seed = 1) : m_engine(seed) {}
    void fill(std::span<std::uint8_t> out)
    {
        for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(m_engine());
    }
    std::uint64_t number() { return m_engine(); }

private:
    std::mt19937_64 m_engine;
};

}  // namespace sallyport::crypto
