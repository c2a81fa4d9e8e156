#pragma once
// The bytes of a connection between the socket and the parser.
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace sallyport::http {

/// What came and is not used yet. Starts small, since most connections are idle, and grows to a head's limit.
class InputBuffer {
public:
    [[nodiscard]] std::string_view view() const noexcept
    {
        return {m_bytes.data() + m_begin, m_end - m_begin};
    }
    [[nodiscard]] bool empty() const noexcept { return m_begin == m_end; }
    /// Room to read into; never empty.
    std::span<char> room();
    void commit(std::size_t count) noexcept { m_end += count; }
    /// Wipes them: a head holds cookies, a body may hold a password.
    void consume(std::size_t count) noexcept;

private:
    std::vector<char> m_bytes;
    std::size_t m_begin = 0;
    std::size_t m_end = 0;
};

}  // namespace sallyport::http
