#include "crypto/totp.h"

#include "base/check.h"
#include "base/text.h"

#include <charconv>

namespace sallyport::crypto {

namespace {

constexpr std::size_t uri_bytes_max = 2048;
constexpr std::size_t secret_bytes_max = 128;
constexpr std::string_view scheme = "otpauth://totp/";
constexpr std::size_t key_group = 4;

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept
{
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (lower(a[i]) != lower(b[i])) return false;
    }
    return true;
}

bool is_unreserved(char c) noexcept  // RFC 3986 section 2.3
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void append_encoded(std::string& out, std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (const char c : text) {
        if (is_unreserved(c)) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += '%';
            out += digits[byte >> 4U];
            out += digits[byte & 15U];
        }
    }
}

std::optional<std::string> decoded(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const auto byte = i + 2 < text.size() ? from_hex(text.substr(i + 1, 2)) : std::nullopt;
        if (!byte || byte->size() != 1) return std::nullopt;
        out += static_cast<char>(byte->front());
        i += 2;
    }
    if (!is_valid_text(out)) return std::nullopt;
    return out;
}

std::string_view name_of(HashFunction function) noexcept
{
    switch (function) {
    case HashFunction::sha1: return "SHA1";
    case HashFunction::sha256: return "SHA256";
    case HashFunction::sha512: return "SHA512";
    }
    return "";
}

bool read_number(std::string_view text, unsigned least, unsigned most, unsigned& out)
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size() && out >= least && out <= most;
}

bool read_algorithm(std::string_view text, HashFunction& out)
{
    for (const HashFunction function : {HashFunction::sha1, HashFunction::sha256, HashFunction::sha512}) {
        if (!equal_ignoring_case(text, name_of(function))) continue;
        out = function;
        return true;
    }
    return false;
}

/// The query's parameters, each at most once; names that mean nothing to us are left out.
struct Query {
    std::optional<std::string> secret, issuer, algorithm, digits, period;

    bool read(std::string_view text)
    {
        while (!text.empty()) {
            const std::string_view pair = text.substr(0, text.find('&'));
            text.remove_prefix(std::min(text.size(), pair.size() + 1));
            const std::size_t equals = pair.find('=');
            if (equals == std::string_view::npos) return false;
            std::optional<std::string>* const place = find(pair.substr(0, equals));
            if (place == nullptr) continue;
            if (place->has_value()) return false;
            *place = decoded(pair.substr(equals + 1));
            if (!place->has_value()) return false;
        }
        return true;
    }

private:
    std::optional<std::string>* find(std::string_view name)
    {
        if (name == "secret") return &secret;
        if (name == "issuer") return &issuer;
        if (name == "algorithm") return &algorithm;
        if (name == "digits") return &digits;
        if (name == "period") return &period;
        return nullptr;
    }
};

bool read_parameters(const Query& query, TotpParameters& out)
{
    return (!query.algorithm || read_algorithm(*query.algorithm, out.function)) &&
           (!query.digits || read_number(*query.digits, 6, 8, out.digits)) &&
           (!query.period || read_number(*query.period, 1, 3600, out.period_seconds));
}

}  // namespace

Secret otpauth_uri(const OtpAuth& key)
{
    CHECK(!key.account.empty() && key.issuer.find(':') == std::string::npos &&
          key.account.find(':') == std::string::npos);
    std::string uri(scheme);
    uri.reserve(uri_bytes_max);  // so that no grown copy stays behind in memory
    if (!key.issuer.empty()) {
        append_encoded(uri, key.issuer);
        uri += ':';
    }
    append_encoded(uri, key.account);
    std::string secret = to_base32(key.secret.reveal());
    uri.append("?secret=").append(secret);
    wipe_text(secret);
    if (!key.issuer.empty()) {
        uri += "&issuer=";
        append_encoded(uri, key.issuer);
    }
    uri.append("&algorithm=").append(name_of(key.parameters.function));
    uri.append("&digits=").append(std::to_string(key.parameters.digits));
    uri.append("&period=").append(std::to_string(key.parameters.period_seconds));
    Secret out = Secret::from_text(uri);
    wipe_text(uri);
    return out;
}

std::optional<OtpAuth> parse_otpauth(std::string_view uri)
{
    if (uri.size() > uri_bytes_max || uri.size() < scheme.size()) return std::nullopt;
    if (!equal_ignoring_case(uri.substr(0, scheme.size()), scheme)) return std::nullopt;
    uri.remove_prefix(scheme.size());
    const std::size_t mark = uri.find('?');
    if (mark == std::string_view::npos) return std::nullopt;
    const auto label = decoded(uri.substr(0, mark));
    Query query;
    if (!label || !query.read(uri.substr(mark + 1)) || !query.secret) return std::nullopt;

    OtpAuth key;
    const std::size_t colon = label->find(':');
    const std::string prefix = colon == std::string::npos ? "" : label->substr(0, colon);
    key.account = trim(colon == std::string::npos ? std::string_view(*label)
                                                  : std::string_view(*label).substr(colon + 1));
    key.issuer = query.issuer.value_or(prefix);
    const bool contradicts = !prefix.empty() && key.issuer != prefix;
    if (key.account.empty() || contradicts || key.issuer.find(':') != std::string::npos ||
        key.account.find(':') != std::string::npos) {
        return std::nullopt;
    }
    auto secret = from_base32(*query.secret);
    wipe_text(*query.secret);
    if (!secret || secret->empty() || secret->size() > secret_bytes_max) return std::nullopt;
    key.secret = Secret(std::move(*secret));
    if (!read_parameters(query, key.parameters)) return std::nullopt;
    return key;
}

Secret key_text(const Secret& secret)
{
    std::string plain = to_base32(secret.reveal());
    std::string grouped;
    grouped.reserve(plain.size() + plain.size() / key_group);
    for (std::size_t i = 0; i < plain.size(); ++i) {
        if (i > 0 && i % key_group == 0) grouped += ' ';
        grouped += plain[i];
    }
    Secret out = Secret::from_text(grouped);
    wipe_text(plain);
    wipe_text(grouped);
    return out;
}

}  // namespace sallyport::crypto
