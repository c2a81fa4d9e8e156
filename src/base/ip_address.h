#pragma once
// An address of the network, and the network that limits count by (policy.md: an IPv4 address or an IPv6
// /64).
#include "base/bytes.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport {

class IpAddress {
public:
    /// Dotted IPv4 or RFC 4291 text; IPv4-mapped IPv6 becomes IPv4. No zone, port or brackets.
    static std::optional<IpAddress> parse(std::string_view text);
    [[nodiscard]] bool is_v4() const noexcept { return m_v4; }
    [[nodiscard]] bool is_loopback() const noexcept;
    [[nodiscard]] std::string text() const;
    /// The whole IPv4 address, or the first 64 bits of an IPv6 address, as text: the key of a network's
    /// budget.
    [[nodiscard]] std::string network() const;
    /// Network order: 4 bytes or 16.
    [[nodiscard]] BytesView bytes() const noexcept { return {m_bytes.data(), m_v4 ? 4U : 16U}; }
    friend bool operator==(const IpAddress&, const IpAddress&) = default;

private:
    bool m_v4 = true;
    std::array<std::uint8_t, 16> m_bytes{};  // IPv4 in the first four
};

}  // namespace sallyport
