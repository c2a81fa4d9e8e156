#include "crypto/jws.h"

#include "base/check.h"
#include "crypto/hash.h"
#include "crypto/sodium_start.h"

#include <sodium.h>

#include <algorithm>

namespace sallyport::crypto {

namespace {

constexpr std::size_t compact_bytes_max = 16UL * 1024;
constexpr std::string_view algorithm = "EdDSA";

struct Header {
    std::optional<std::string> alg, typ, kid;
};

/// A flat JSON object of strings (RFC 8259) without escapes, in which every name is one of ours.
class HeaderReader {
public:
    explicit HeaderReader(std::string_view text) : m_rest(text) {}

    bool read(Header& header)
    {
        if (!take('{')) return false;
        do {
            std::string name;
            std::string value;
            if (!string(name) || !take(':') || !string(value) || !store(header, name, value)) return false;
        } while (take(','));
        if (!take('}')) return false;
        skip_space();
        return m_rest.empty();
    }

private:
    void skip_space()
    {
        while (!m_rest.empty() &&
               std::string_view(" \t\r\n").find(m_rest.front()) != std::string_view::npos) {
            m_rest.remove_prefix(1);
        }
    }
    bool take(char expected)
    {
        skip_space();
        if (m_rest.empty() || m_rest.front() != expected) return false;
        m_rest.remove_prefix(1);
        return true;
    }
    bool string(std::string& out)
    {
        if (!take('"')) return false;
        const std::size_t end = m_rest.find('"');
        if (end == std::string_view::npos) return false;
        out = m_rest.substr(0, end);
        m_rest.remove_prefix(end + 1);
        return std::ranges::all_of(out, [](char c) { return c >= 0x20 && c < 0x7f && c != '\\'; });
    }
    static bool store(Header& header, std::string_view name, std::string& value)
    {
        std::optional<std::string>* place = nullptr;
        if (name == "alg") place = &header.alg;
        if (name == "typ") place = &header.typ;
        if (name == "kid") place = &header.kid;
        if (place == nullptr || place->has_value()) return false;
        *place = std::move(value);
        return true;
    }
    std::string_view m_rest;
};

/// The value goes into JSON as it is.
bool is_plain(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
}

bool is_signed_by(const JwsPublicKey& key, std::string_view signing_input, BytesView signature)
{
    const BytesView input = as_bytes(signing_input);
    return crypto_sign_ed25519_verify_detached(signature.data(), input.data(), input.size(),
                                               key.bytes.data()) == 0;
}

}  // namespace

std::string JwsPublicKey::thumbprint() const
{
    const std::string members = R"({"crv":"Ed25519","kty":"OKP","x":")" + to_base64url(bytes) + "\"}";
    return to_base64url(sha256(as_bytes(members)));
}

std::string JwsPublicKey::jwk() const
{
    return R"({"kty":"OKP","crv":"Ed25519","x":")" + to_base64url(bytes) + R"(","kid":")" + thumbprint() +
           R"(","alg":"EdDSA","use":"sig"})";
}

JwsSigner::JwsSigner(const KeyRing& keys)
{
    start_sodium();
    static_assert(key_bytes == crypto_sign_ed25519_SEEDBYTES);
    const KeyId current = keys.current_id(KeyName::jws);
    for (const KeyId id : keys.ids(KeyName::jws)) {
        Bytes secret(crypto_sign_ed25519_SECRETKEYBYTES);
        JwsPublicKey key{};
        crypto_sign_ed25519_seed_keypair(key.bytes.data(), secret.data(),
                                         keys.find(KeyName::jws, id)->reveal().data());
        Secret owned(std::move(secret));
        if (id == current) {
            m_secret = std::move(owned);
            m_kid = key.thumbprint();
            m_public.insert(m_public.begin(), key);
        } else {
            m_public.push_back(key);
        }
    }
}

std::string JwsSigner::sign(std::string_view payload, std::string_view type) const
{
    CHECK(is_plain(type));
    std::string header = R"({"alg":"EdDSA","typ":")";
    header.append(type).append(R"(","kid":")").append(m_kid).append("\"}");
    std::string compact = to_base64url(as_bytes(header)) + "." + to_base64url(as_bytes(payload));
    std::array<std::uint8_t, crypto_sign_ed25519_BYTES> signature{};
    const BytesView input = as_bytes(compact);
    crypto_sign_ed25519_detached(signature.data(), nullptr, input.data(), input.size(),
                                 m_secret.reveal().data());
    compact += ".";
    compact += to_base64url(signature);
    return compact;
}

std::string JwsSigner::jwks() const
{
    std::string out = R"({"keys":[)";
    for (const JwsPublicKey& key : m_public) {
        if (out.back() == '}') out += ',';
        out += key.jwk();
    }
    return out + "]}";
}

std::optional<std::string> verify_jws(std::string_view compact, std::span<const JwsPublicKey> keys)
{
    start_sodium();
    if (compact.size() > compact_bytes_max) return std::nullopt;
    const std::size_t first = compact.find('.');
    const std::size_t second = first == std::string_view::npos ? first : compact.find('.', first + 1);
    if (second == std::string_view::npos || compact.find('.', second + 1) != std::string_view::npos)
        return std::nullopt;
    const auto header_bytes = from_base64url(compact.substr(0, first));
    const auto payload = from_base64url(compact.substr(first + 1, second - first - 1));
    const auto signature = from_base64url(compact.substr(second + 1));
    if (!header_bytes || !payload || !signature || signature->size() != crypto_sign_ed25519_BYTES)
        return std::nullopt;
    Header header;
    if (!HeaderReader(as_text(*header_bytes)).read(header) || header.alg != algorithm) return std::nullopt;
    for (const JwsPublicKey& key : keys) {
        if (header.kid && *header.kid != key.thumbprint()) continue;
        if (is_signed_by(key, compact.substr(0, second), *signature)) return std::string(as_text(*payload));
    }
    return std::nullopt;
}

}  // namespace sallyport::crypto
