#pragma once
// Who is asking, when a proxy stands between (attack case 16: a header of the client's own must change
// nothing).
#include "base/ip_address.h"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport::http {

/// A range of addresses in CIDR notation (RFC 4632, RFC 4291 section 2.3).
class Network {
public:
    /// "10.0.0.0/8", "::1/128", or one address. Bits behind the prefix must be zero.
    static std::optional<Network> parse(std::string_view text);
    [[nodiscard]] bool contains(const IpAddress& address) const noexcept;

private:
    Network(const IpAddress& base, unsigned prefix_bits) : m_base(base), m_prefix_bits(prefix_bits) {}
    IpAddress m_base;
    unsigned m_prefix_bits;
};

bool is_trusted(std::span<const Network> proxies, const IpAddress& address) noexcept;

/// The rightmost address of X-Forwarded-For that is not a trusted proxy's; the leftmost where all are; the
/// peer where the peer is not trusted, the header is missing, or something that is no address stands on the
/// way.
IpAddress client_address(const IpAddress& peer, std::span<const Network> proxies,
                         std::span<const std::pair<std::string, std::string>> headers);

/// Whether the person's connection is TLS, by a trusted peer's last word (X-Forwarded-Proto).
bool is_forwarded_secure(const IpAddress& peer, std::span<const Network> proxies,
                         std::span<const std::pair<std::string, std::string>> headers);

}  // namespace sallyport::http
