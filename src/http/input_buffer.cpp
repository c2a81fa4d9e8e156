#include "http/input_buffer.h"

#include "base/secret.h"

#include <algorithm>

namespace sallyport::http {

namespace {
constexpr std::size_t input_bytes_start = 2 * 1024;
}

std::span<char> InputBuffer::room()
{
    if (m_bytes.empty()) m_bytes.resize(input_bytes_start);
    if (m_end == m_bytes.size() && m_begin > 0) {
        std::copy(m_bytes.data() + m_begin, m_bytes.data() + m_end, m_bytes.data());
        m_end -= m_begin;
        m_begin = 0;
    }
    if (m_end == m_bytes.size()) {
        std::vector<char> larger(2 * m_bytes.size());
        std::copy(m_bytes.data(), m_bytes.data() + m_end, larger.data());
        wipe_memory(m_bytes.data(), m_bytes.size());
        m_bytes = std::move(larger);
    }
    return {m_bytes.data() + m_end, m_bytes.size() - m_end};
}

void InputBuffer::consume(std::size_t count) noexcept
{
    if (count > 0) wipe_memory(m_bytes.data() + m_begin, count);
    m_begin += count;
    if (m_begin == m_end) m_begin = m_end = 0;
}

}  // namespace sallyport::http
