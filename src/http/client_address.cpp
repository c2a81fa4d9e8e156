#include "http/client_address.h"

#include <algorithm>
#include <charconv>

namespace sallyport::http {

namespace {

constexpr unsigned v4_bits = 32;
constexpr unsigned v6_bits = 128;

std::string_view trimmed(std::string_view text)
{
    while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
    return text;
}

bool bit(BytesView bytes, unsigned index) { return ((bytes[index / 8] >> (7U - index % 8)) & 1U) != 0; }

bool is_port(std::string_view text)
{
    return !text.empty() && text.size() <= 5 &&
           text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// As proxies write it: bare, or with a port ("192.0.2.1:4711", "[2001:db8::1]:4711").
std::optional<IpAddress> forwarded(std::string_view text)
{
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        const std::string_view rest = text.substr(end + 1);
        if (!rest.empty() && !(rest.starts_with(':') && is_port(rest.substr(1)))) return std::nullopt;
        return IpAddress::parse(text.substr(1, end - 1));
    }
    const std::size_t colon = text.find(':');
    if (colon != std::string_view::npos && is_port(text.substr(colon + 1)) &&
        text.substr(0, colon).find('.') != std::string_view::npos) {
        text = text.substr(0, colon);
    }
    return IpAddress::parse(text);
}

}  // namespace

std::optional<Network> Network::parse(std::string_view text)
{
    const std::size_t slash = text.find('/');
    const auto base = IpAddress::parse(text.substr(0, slash));
    if (!base) return std::nullopt;
    const unsigned whole = base->is_v4() ? v4_bits : v6_bits;
    unsigned prefix = whole;
    if (slash != std::string_view::npos) {
        const std::string_view digits = text.substr(slash + 1);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
        if (error != std::errc() || end != digits.data() + digits.size() || prefix > whole)
            return std::nullopt;
    }
    for (unsigned i = prefix; i < whole; ++i) {
        if (bit(base->bytes(), i)) return std::nullopt;
    }
    return Network(*base, prefix);
}

bool Network::contains(const IpAddress& address) const noexcept
{
    if (address.is_v4() != m_base.is_v4()) return false;
    for (unsigned i = 0; i < m_prefix_bits; ++i) {
        if (bit(address.bytes(), i) != bit(m_base.bytes(), i)) return false;
    }
    return true;
}

bool is_trusted(std::span<const Network> proxies, const IpAddress& address) noexcept
{
    return std::ranges::any_of(proxies, [&](const Network& network) { return network.contains(address); });
}

IpAddress client_address(const IpAddress& peer, std::span<const Network> proxies,
                         std::span<const std::pair<std::string, std::string>> headers)
{
    if (!is_trusted(proxies, peer)) return peer;
    IpAddress client = peer;
    for (auto header = headers.rbegin(); header != headers.rend(); ++header) {
        if (header->first != "x-forwarded-for") continue;
        std::string_view rest = header->second;
        for (;;) {
            const std::size_t comma = rest.rfind(',');
            const auto address =
                forwarded(trimmed(comma == std::string_view::npos ? rest : rest.substr(comma + 1)));
            if (!address) return peer;
            client = *address;
            if (!is_trusted(proxies, client)) return client;
            if (comma == std::string_view::npos) break;
            rest = rest.substr(0, comma);
        }
    }
    return client;
}

bool is_forwarded_secure(const IpAddress& peer, std::span<const Network> proxies,
                         std::span<const std::pair<std::string, std::string>> headers)
{
    if (!is_trusted(proxies, peer)) return false;
    for (auto header = headers.rbegin(); header != headers.rend(); ++header) {
        if (header->first != "x-forwarded-proto") continue;
        const std::string_view value = header->second;
        const std::size_t comma = value.rfind(',');
        return trimmed(comma == std::string_view::npos ? value : value.substr(comma + 1)) == "https";
    }
    return false;
}

}  // namespace sallyport::http
