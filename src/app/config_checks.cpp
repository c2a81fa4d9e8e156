#include "app/config_checks.h"

#include "base/email.h"
#include "base/phone_number.h"
#include "crypto/envelope_tag.h"
#include "slices/messages/dkim.h"

#include <algorithm>

namespace sallyport::app {

namespace {

void check_url(const std::string& name, const std::string& url, Problems& problems)
{
    const bool scheme = url.starts_with("https://") || url.starts_with("http://");
    const std::string host = scheme ? host_of_url(url) : std::string();
    if (host.empty() || url.substr(url.find("://") + 3).find_first_of("/?#@ ") != std::string::npos)
        problems.push_back({0, name + " must be an origin such as https://accounts.example, without a path"});
}

void check_brand(const Config& config, Problems& problems)
{
    constexpr std::size_t name_bytes_max = 64;
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    if (config.brand.empty() || config.brand.size() > name_bytes_max || config.brand.contains(':') ||
        std::ranges::any_of(config.brand, is_control))
        problems.push_back({0, "brand.name must have 1 to 64 bytes, and no colon and no control character: "
                               "authenticator apps show it"});
    const bool https = config.terms.starts_with("https://") && config.terms.size() > 8 &&
                       config.terms[8] != '/' && std::ranges::none_of(config.terms, [&](char c) {
                           return is_control(c) || c == ' ' || c == '"' || c == '<' || c == '>';
                       });
    if (!config.terms.empty() && !https)
        problems.push_back({0, "brand.terms must be an address such as https://exchange.example/terms"});
}

/// WebAuthn level 3, sections 5.1.2 and 5.11: the RP ID is the host or a domain above it, and a browser needs
/// to look at five related domains only.
void check_passkeys(const Config& config, Problems& problems)
{
    constexpr std::size_t related_max = 5;
    const std::string host = host_name_of_url(config.public_url);
    if (host != config.rp_id && !host.ends_with("." + config.rp_id))
        problems.push_back({0,
                            "public.rp_id must be the host of public.url or a domain above it: passkeys work "
                            "nowhere else"});
    if (config.related_origins.size() > related_max)
        problems.push_back({0, "public.related_origins may have 5 addresses: browsers look at no more"});
    for (const std::string& origin : config.related_origins) {
        check_url("public.related_origins", origin, problems);
        if (!origin.starts_with("https://"))
            problems.push_back({0, "public.related_origins must be https addresses"});
    }
}

/// The From address must be of the domain that signs (RFC 7489 section 3.1), and names must be names.
void check_dns(const Config& config, Problems& problems)
{
    const std::string from = config.mail_from.substr(config.mail_from.find('@') + 1);
    const std::string& domain = config.dkim_domain;
    if (!domain.empty() &&
        (!messages::is_dns_name(domain) || (from != domain && !from.ends_with("." + domain))))
        problems.push_back({0, "dkim.domain must be the domain of mail.from or one above it"});
    for (const std::string& host : config.dns_mx)
        if (!messages::is_dns_name(host))
            problems.push_back({0, "dns.mx: \"" + host + "\" is no host, like \"mx.exchange.example\""});
    const auto is_plain = [](char c) { return c > 0x20 && c < 0x7f && c != '"' && c != ';'; };
    for (const std::string& sender : config.dns_senders)
        if (sender.empty() || !std::ranges::all_of(sender, is_plain))
            problems.push_back({0, "dns.senders: \"" + sender + "\" is nothing like \"ip4:192.0.2.7\""});
    if (!config.dns_reports.empty() && !Email::parse(config.dns_reports))
        problems.push_back({0, "dns.reports is no e-mail address"});
}

/// The tag stands in the local part, which has 64 characters (crypto/envelope_tag.h).
void check_bounces(const Config& config, Problems& problems)
{
    if (config.bounce_address.empty()) return;
    const auto address = Email::parse(config.bounce_address);
    if (!address || address->local_part().size() > crypto::tagged_local_part_max ||
        address->local_part().contains('+'))
        problems.push_back({0, "bounces.address must be an e-mail address with a short local part and no "
                               "\"+\", like \"bounces@mail.exchange.example\""});
}

void check_texts(const Config& config, Problems& problems)
{
    for (const std::string& region : config.text_regions)
        if (std::ranges::find(phone_regions(), region, &PhoneRegion::region) == phone_regions().end())
            problems.push_back(
                {0, "texts.regions: \"" + region + "\" is no region such as \"PT\" (ISO 3166-1 alpha-2)"});
}

}  // namespace

std::string host_of_url(std::string_view url)
{
    const std::size_t scheme = url.find("://");
    if (scheme == std::string_view::npos) return {};
    std::string_view host = url.substr(scheme + 3);
    const std::string_view standard_port = url.starts_with("https") ? ":443" : ":80";
    if (host.ends_with(standard_port)) host.remove_suffix(standard_port.size());
    return std::string(host);
}

std::string host_name_of_url(std::string_view url)
{
    const std::string host = host_of_url(url);
    const bool literal = host.starts_with('[');  // an IPv6 address
    return literal ? host.substr(0, host.find(']') + 1) : host.substr(0, host.find(':'));
}

void check_whole(const Config& config, Problems& problems)
{
    check_url("public.url", config.public_url, problems);
    check_passkeys(config, problems);
    if (!config.app_prefix.starts_with('/') || !config.app_prefix.ends_with('/') || config.app_prefix == "/")
        problems.push_back({0, "public.app_prefix must be a path like /app/"});
    check_brand(config, problems);
    check_dns(config, problems);
    check_bounces(config, problems);
    check_texts(config, problems);
}

}  // namespace sallyport::app
