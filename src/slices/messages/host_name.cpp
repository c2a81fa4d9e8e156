#include "slices/messages/host_name.h"

#include "base/check.h"
#include "base/ip_address.h"
#include "base/text.h"

#include <algorithm>
#include <array>
#include <libpsl.h>
#include <memory>
#include <unicode/uidna.h>

namespace sallyport::messages {

namespace {

constexpr std::size_t host_bytes_max = 253;  // RFC 1035 section 2.3.4

struct CloseNames {
    void operator()(UIDNA* names) const { uidna_close(names); }
};

/// Immutable once it is made.
const UIDNA& names()
{
    static const std::unique_ptr<UIDNA, CloseNames> made = [] {
        UErrorCode status = U_ZERO_ERROR;
        return std::unique_ptr<UIDNA, CloseNames>(
            uidna_openUTS46(UIDNA_USE_STD3_RULES | UIDNA_NONTRANSITIONAL_TO_ASCII, &status));
    }();
    CHECK(made != nullptr);
    return *made;
}

bool is_address(const std::string& host)
{
    return host.find_first_not_of("0123456789.") == std::string::npos && IpAddress::parse(host).has_value();
}

}  // namespace

std::string web_host(std::string_view lowered)
{
    bool web = false;
    for (const std::string_view scheme : {"https://", "http://"})
        if (lowered.starts_with(scheme)) {
            lowered.remove_prefix(scheme.size());
            web = true;
            break;
        }
    const std::size_t end = lowered.find_first_of("/\\?#");
    web = web || end != std::string_view::npos;
    std::string_view host = lowered.substr(0, end);
    if (web) {
        if (const std::size_t at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
        if (const std::size_t port = host.find(':'); port != std::string_view::npos)
            host = host.substr(0, port);
    }
    if (host.ends_with('.')) host.remove_suffix(1);
    return std::string(host);
}

std::optional<std::string> host_name(std::string_view text)
{
    if (text.empty() || text.size() > host_bytes_max || !is_valid_text(text)) return std::nullopt;
    std::array<char, host_bytes_max + 1> out{};
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UErrorCode status = U_ZERO_ERROR;
    const std::int32_t length =
        uidna_nameToASCII_UTF8(&names(), text.data(), static_cast<std::int32_t>(text.size()), out.data(),
                               static_cast<std::int32_t>(out.size()), &info, &status);
    if (U_FAILURE(status) != 0 || info.errors != 0 || length <= 0) return std::nullopt;
    std::string host(out.data(), static_cast<std::size_t>(length));
    if (host.ends_with('.')) host.pop_back();
    if (host.find('.') == std::string::npos) return std::nullopt;
    const std::string last = host.substr(host.rfind('.') + 1);
    const bool numeric = last.find_first_not_of("0123456789") == std::string::npos;
    if (numeric && !is_address(host)) return std::nullopt;
    return host;
}

bool is_registrable(const std::string& host)
{
    if (is_address(host)) return true;
    const std::string suffix = host.substr(host.rfind('.') + 1);
    if (psl_is_public_suffix2(psl_builtin(), suffix.c_str(), PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE) == 0)
        return false;
    return registered_name(host) != host || psl_is_public_suffix(psl_builtin(), host.c_str()) == 0;
}

std::string registered_name(const std::string& host)
{
    if (is_address(host)) return host;
    // A part of `host`: nothing is allocated.
    const char* const name = psl_registrable_domain(psl_builtin(), host.c_str());
    return name == nullptr ? host : std::string(name);
}

}  // namespace sallyport::messages
