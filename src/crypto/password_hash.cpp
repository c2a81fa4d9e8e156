#include "crypto/password_hash.h"

#include "base/check.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "crypto/sodium_start.h"

#include <sodium.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

namespace sallyport::crypto {

namespace {

constexpr std::size_t salt_bytes = crypto_pwhash_argon2id_SALTBYTES;
constexpr std::size_t tag_bytes = 32;
constexpr std::string_view prefix = "$argon2id$v=19$m=";

/// PHC strings use the alphabet of RFC 4648 section 4 without padding.
std::string to_phc_base64(BytesView bytes)
{
    std::string text = to_base64url(bytes);
    std::ranges::replace(text, '-', '+');
    std::ranges::replace(text, '_', '/');
    return text;
}

std::optional<Bytes> from_phc_base64(std::string_view text)
{
    if (text.find_first_of("-_") != std::string_view::npos) return std::nullopt;
    std::string url(text);
    std::ranges::replace(url, '+', '-');
    std::ranges::replace(url, '/', '_');
    return from_base64url(url);
}

/// Reads the PHC string from left to right; the first mismatch fails the whole.
class Reader {
public:
    explicit Reader(std::string_view text) : m_rest(text) {}
    bool word(std::string_view expected)
    {
        if (!m_rest.starts_with(expected)) return false;
        m_rest.remove_prefix(expected.size());
        return true;
    }
    /// Decimal without leading zeros.
    bool number(std::uint32_t& out)
    {
        if (m_rest.empty() || m_rest.front() < '1' || m_rest.front() > '9') return false;
        const auto [end, error] = std::from_chars(m_rest.data(), m_rest.data() + m_rest.size(), out);
        if (error != std::errc{}) return false;
        m_rest.remove_prefix(static_cast<std::size_t>(end - m_rest.data()));
        return true;
    }
    bool base64(Bytes& out, std::size_t least, std::size_t most)
    {
        const std::string_view text = m_rest.substr(0, m_rest.find('$'));
        m_rest.remove_prefix(text.size());
        auto decoded = from_phc_base64(text);
        if (!decoded || decoded->size() < least || decoded->size() > most) return false;
        out = std::move(*decoded);
        return true;
    }
    [[nodiscard]] bool at_end() const { return m_rest.empty(); }

private:
    std::string_view m_rest;
};

void fill_memory(std::span<std::uint8_t> tag, BytesView input, BytesView salt, HashParameters parameters)
{
    start_sodium();
    CHECK(parameters.is_valid() && salt.size() == salt_bytes);
    const int outcome = crypto_pwhash_argon2id(
        tag.data(), tag.size(), as_text(input).data(), input.size(), salt.data(), parameters.passes,
        std::size_t{parameters.memory_kib} * 1024, crypto_pwhash_argon2id_ALG_ARGON2ID13);
    if (outcome != 0) throw Unavailable("no memory for a password hash");
}

}  // namespace

HashParameters dearest(HashParameters a, HashParameters b) noexcept
{
    if (a.work() != b.work()) return a.work() > b.work() ? a : b;
    return a.memory_kib >= b.memory_kib ? a : b;
}

std::optional<PasswordHash> PasswordHash::parse(std::string_view phc)
{
    PasswordHash hash;
    Reader reader(phc);
    const bool read = reader.word(prefix) && reader.number(hash.parameters.memory_kib) &&
                      reader.word(",t=") && reader.number(hash.parameters.passes) && reader.word(",p=1$") &&
                      reader.base64(hash.salt, 8, 64) && reader.word("$") &&
                      reader.base64(hash.tag, 16, 64) && reader.at_end();
    if (!read || !hash.parameters.is_valid()) return std::nullopt;
    return hash;
}

std::string PasswordHash::text() const
{
    std::string out(prefix);
    out += std::to_string(parameters.memory_kib) + ",t=" + std::to_string(parameters.passes) + ",p=1$";
    out += to_phc_base64(salt) + "$" + to_phc_base64(tag);
    return out;
}

bool needs_upgrade(std::string_view phc, HashParameters wanted)
{
    const auto hash = PasswordHash::parse(phc);
    return !hash || hash->parameters != wanted || hash->salt.size() != salt_bytes ||
           hash->tag.size() != tag_bytes;
}

Peppers::Peppers(const KeyRing& keys) : m_current(keys.current_id(KeyName::pepper))
{
    for (const KeyId id : keys.ids(KeyName::pepper))
        m_keys.emplace(id, keys.find(KeyName::pepper, id)->duplicate());
}

HashInput Peppers::password(const Secret& password, std::int64_t pepper) const
{
    auto normal = to_nfc(password.reveal_text());
    if (!normal) return keyed(password.reveal(), pepper);
    HashInput input = keyed(as_bytes(*normal), pepper);
    wipe_text(*normal);
    return input;
}

HashInput Peppers::keyed(BytesView data, std::int64_t pepper) const
{
    auto found = pepper < 1 || pepper > UINT16_MAX ? m_keys.end() : m_keys.find(static_cast<KeyId>(pepper));
    if (found == m_keys.end()) found = m_keys.find(m_current);
    CHECK(found != m_keys.end());
    const Digest256 digest = hmac_sha256(found->second.reveal(), data);
    return {Secret(Bytes(digest.begin(), digest.end()))};
}

std::string argon2id(const HashInput& input, HashParameters parameters, const RandomSource& random)
{
    PasswordHash hash{parameters, Bytes(salt_bytes), Bytes(tag_bytes)};
    random.fill(hash.salt);
    fill_memory(hash.tag, input.bytes.reveal(), hash.salt, parameters);
    return hash.text();
}

bool argon2id_matches(const HashInput& input, const PasswordHash& stored)
{
    if (stored.salt.size() == salt_bytes) {
        Bytes tag(stored.tag.size());
        fill_memory(tag, input.bytes.reveal(), stored.salt, stored.parameters);
        return equal_constant_time(tag, stored.tag);
    }
    // libsodium takes salts of other lengths only inside a string; EINVAL is its word for "does not match".
    start_sodium();
    const BytesView bytes = input.bytes.reveal();
    errno = 0;
    if (crypto_pwhash_argon2id_str_verify(stored.text().c_str(), as_text(bytes).data(), bytes.size()) == 0)
        return true;
    if (errno != EINVAL) throw Unavailable("no memory for a password hash");
    return false;
}

void argon2id_spend(std::uint64_t work, std::uint32_t memory_kib)
{
    if (work < hash_memory_kib_min || memory_kib < hash_memory_kib_min) return;
    const std::uint64_t passes = (work + memory_kib - 1) / memory_kib;
    HashParameters parameters;
    parameters.passes = static_cast<std::uint32_t>(std::min<std::uint64_t>(passes, hash_passes_max));
    parameters.memory_kib = std::max(static_cast<std::uint32_t>(work / passes), hash_memory_kib_min);
    const std::array<std::uint8_t, salt_bytes> salt{};
    std::array<std::uint8_t, tag_bytes> tag{};
    fill_memory(tag, tag, salt, parameters);
}

}  // namespace sallyport::crypto
