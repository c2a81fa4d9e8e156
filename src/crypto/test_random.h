#pragma once
// For tests only: bytes that are the same at every run.
#include <cstdint>
#include <span>

namespace sallyport::crypto {

/// splitmix64 (Steele, Lea, Flood 2014): no security, only variety.
class TestRandom {
public:
    explicit TestRandom(std::uint64_t seed = 1) : m_state(seed) {}
    void fill(std::span<std::uint8_t> out)
    {
        for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(number());
    }
    std::uint64_t number()
    {
        m_state += 0x9e3779b97f4a7c15U;
        std::uint64_t mixed = m_state;
        mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
        mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
        return mixed ^ (mixed >> 31U);
    }

private:
    std::uint64_t m_state;
};

}  // namespace sallyport::crypto
