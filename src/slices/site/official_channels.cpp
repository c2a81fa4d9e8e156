#include "slices/site/official_channels.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <boost/json.hpp>

namespace sallyport::site {

namespace {

namespace json = boost::json;

constexpr std::size_t document_bytes_max = 64UL * 1024;
constexpr std::size_t keys_max = 16;
constexpr std::string_view kind = "official-channels";  // the key signs tokens, too: this is none

constexpr std::array lists{
    std::pair{"domains", &Channels::domains},           std::pair{"senders", &Channels::senders},
    std::pair{"text_senders", &Channels::text_senders}, std::pair{"phones", &Channels::phones},
    std::pair{"handles", &Channels::handles},           std::pair{"apps", &Channels::apps}};

std::optional<json::object> object_of(std::string_view text)
{
    if (text.size() > document_bytes_max || !is_valid_text(text)) return std::nullopt;
    boost::system::error_code error;
    const json::value value = json::parse(text, error);
    if (error || !value.is_object()) return std::nullopt;
    return value.get_object();
}

const json::string* text_in(const json::object& object, std::string_view name)
{
    const json::value* const found = object.if_contains(name);
    return found == nullptr ? nullptr : found->if_string();
}

/// The bytes at the beginning that make a control character, or one that turns the direction of reading
/// (Unicode 15, Bidi_Control) or ends a line; 0 where it is none.
std::size_t trick_at(std::string_view text)
{
    const auto byte = [text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    if (byte(0) < 0x20 || byte(0) == 0x7f) return 1;
    if (text.size() > 1 && byte(0) == 0xc2 && byte(1) < 0xa0) return 2;
    if (text.size() < 3 || byte(0) != 0xe2) return 0;
    const bool marks = byte(1) == 0x80 && (byte(2) == 0x8e || byte(2) == 0x8f);
    const bool overrides = byte(1) == 0x80 && byte(2) >= 0xa8 && byte(2) <= 0xae;
    const bool isolates = byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9;
    return marks || overrides || isolates ? 3 : 0;
}

/// For a terminal: each trick is a question mark.
std::string shown(std::string_view text)
{
    std::string out;
    while (!text.empty()) {
        const std::size_t trick = trick_at(text);
        out += trick == 0 ? text.front() : '?';
        text.remove_prefix(std::max(trick, std::size_t{1}));
    }
    return out;
}

std::string lines_of(const json::object& document)
{
    std::string out;
    for (const auto& [name, member] : lists) {
        const json::value* const list = document.if_contains(name);
        if (list == nullptr || !list->is_array()) continue;
        out.append(name).append(":");
        for (const json::value& one : list->get_array())
            if (const json::string* const text = one.if_string())
                out.append(out.ends_with(':') ? " " : ", ").append(shown(*text));
        out += '\n';
    }
    return out;
}

}  // namespace

std::string official_channels(const Channels& channels, std::string_view origin,
                              const crypto::JwsSigner& signer)
{
    json::object document{{"kind", kind}, {"issuer", origin}, {"version", channels.version}};
    for (const auto& [name, member] : lists) document[name] = json::value_from(channels.*member);
    document["signature"] = signer.sign(json::serialize(document), "JWS");
    return json::serialize(document);
}

Result<VerifiedChannels, std::string> verify_channels(std::string_view document,
                                                      std::span<const crypto::JwsPublicKey> keys)
{
    auto read = object_of(document);
    if (!read) return failure(std::string("this is no document of official channels"));
    const json::string* const signature = text_in(*read, "signature");
    if (signature == nullptr) return failure(std::string("this document has no signature"));
    const auto payload = crypto::verify_jws(*signature, keys);
    if (!payload) return failure(std::string("the signature is of none of these keys: do not believe it"));
    auto signed_object = object_of(*payload);
    if (!signed_object || text_in(*signed_object, "kind") == nullptr ||
        *text_in(*signed_object, "kind") != kind)
        return failure(std::string("the signature is of something else: do not believe it"));
    read->erase("signature");
    if (*read != *signed_object)
        return failure(std::string("the document was changed after it was signed: do not believe it"));
    const json::string* const issuer = text_in(*read, "issuer");
    const json::value* const version = read->if_contains("version");
    if (issuer == nullptr || version == nullptr || !version->is_int64())
        return failure(std::string("this document says neither whose it is nor its version"));
    return VerifiedChannels{shown(*issuer), version->get_int64(), lines_of(*read)};
}

std::vector<crypto::JwsPublicKey> keys_of_set(std::string_view jwks)
{
    std::vector<crypto::JwsPublicKey> keys;
    const auto set = object_of(jwks);
    const json::value* const list = set ? set->if_contains("keys") : nullptr;
    if (list == nullptr || !list->is_array()) return keys;
    for (const json::value& one : list->get_array()) {
        if (!one.is_object() || keys.size() == keys_max) continue;
        const json::string* const curve = text_in(one.get_object(), "crv");
        const json::string* const x = text_in(one.get_object(), "x");
        const auto bytes = x == nullptr ? std::nullopt : from_base64url(*x);
        crypto::JwsPublicKey key{};
        if (curve == nullptr || *curve != "Ed25519" || !bytes || bytes->size() != key.bytes.size()) continue;
        std::ranges::copy(*bytes, key.bytes.begin());
        keys.push_back(key);
    }
    return keys;
}

}  // namespace sallyport::site
