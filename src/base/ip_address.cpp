#include "base/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>

namespace sallyport {

std::optional<IpAddress> IpAddress::parse(std::string_view text)
{
    const std::string terminated(text);
    if (terminated.find('\0') != std::string::npos) return std::nullopt;
    IpAddress address;
    if (inet_pton(AF_INET, terminated.c_str(), address.m_bytes.data()) == 1) return address;
    if (inet_pton(AF_INET6, terminated.c_str(), address.m_bytes.data()) != 1) return std::nullopt;
    constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (std::equal(mapped.begin(), mapped.end(), address.m_bytes.begin())) {
        std::copy(address.m_bytes.begin() + 12, address.m_bytes.end(), address.m_bytes.begin());
        std::fill(address.m_bytes.begin() + 4, address.m_bytes.end(), std::uint8_t{0});
        return address;
    }
    address.m_v4 = false;
    return address;
}

bool IpAddress::is_loopback() const noexcept
{
    if (m_v4) return m_bytes[0] == 127;
    return std::all_of(m_bytes.begin(), m_bytes.end() - 1, [](std::uint8_t b) { return b == 0; }) &&
           m_bytes[15] == 1;
}

std::string IpAddress::text() const
{
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    inet_ntop(m_v4 ? AF_INET : AF_INET6, m_bytes.data(), buffer.data(), buffer.size());
    return buffer.data();
}

std::string IpAddress::network() const
{
    if (m_v4) return text();
    IpAddress prefix = *this;
    std::fill(prefix.m_bytes.begin() + 8, prefix.m_bytes.end(), std::uint8_t{0});
    return prefix.text() + "/64";
}

}  // namespace sallyport
