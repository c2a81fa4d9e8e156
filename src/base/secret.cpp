#include "base/secret.h"

#include <cstring>

namespace sallyport {

void wipe_memory(void* data, std::size_t size) noexcept
{
    if (size > 0) ::explicit_bzero(data, size);
}

void wipe_text(std::string& text) noexcept
{
    wipe_memory(text.data(), text.size());
    text.clear();
}

Secret Secret::from_text(std::string_view text) { return Secret(to_bytes(text)); }

Secret& Secret::operator=(Secret&& other) noexcept
{
    if (this != &other) {
        wipe();
        m_bytes = std::move(other.m_bytes);
    }
    return *this;
}

void Secret::wipe() noexcept
{
    wipe_memory(m_bytes.data(), m_bytes.size());
    m_bytes.clear();
}

}  // namespace sallyport
