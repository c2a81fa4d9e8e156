#include "crypto/webauthn_attestation.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sallyport::crypto {

namespace {

using enum WebauthnRefusal;

struct FormatName {
    std::string_view name;
    AttestationFormat format;
};

constexpr std::array<FormatName, 6> formats{{
    {"none", AttestationFormat::none},
    {"packed", AttestationFormat::packed},
    {"tpm", AttestationFormat::tpm},
    {"android-key", AttestationFormat::android_key},
    {"apple", AttestationFormat::apple},
    {"fido-u2f", AttestationFormat::fido_u2f},
}};

/// Section 8.7: an empty map.
AttestationResult verify_none(const Attested& attested)
{
    if (attested.statement.size() != 0) return failure(attestation_statement_malformed);
    return Chain();
}

AttestationResult verify_statement(AttestationFormat format, const Attested& attested)
{
    switch (format) {
    case AttestationFormat::none: return verify_none(attested);
    case AttestationFormat::packed: return verify_packed(attested);
    case AttestationFormat::tpm: return verify_tpm(attested);
    case AttestationFormat::android_key: return verify_android_key(attested);
    case AttestationFormat::apple: return verify_apple(attested);
    case AttestationFormat::fido_u2f: return verify_fido_u2f(attested);
    case AttestationFormat::other: return failure(attestation_format_unknown);
    }
    std::unreachable();
}

}  // namespace

AttestationFormat attestation_format(std::string_view name) noexcept
{
    const auto* const found = std::ranges::find(formats, name, &FormatName::name);
    return found == formats.end() ? AttestationFormat::other : found->format;
}

Result<AttestationObject, WebauthnRefusal> read_attestation_object(BytesView bytes)
{
    if (bytes.size() > attestation_object_bytes_max) return failure(attestation_object_too_large);
    const auto map = CborMap::read(bytes);
    if (!map || !has_exactly(*map, {"fmt", "attStmt", "authData"}))
        return failure(attestation_object_malformed);
    const auto format = map->text("fmt");
    const auto data = map->bytes("authData");
    auto statement = CborMap::read(map->find("attStmt")->encoded);
    if (!format || !data || !statement) return failure(attestation_object_malformed);
    return AttestationObject{*format, std::move(*statement), *data};
}

Bytes Attested::to_be_signed() const
{
    Bytes message(authenticator_data.begin(), authenticator_data.end());
    message.insert(message.end(), client_data_hash.begin(), client_data_hash.end());
    return message;
}

bool has_exactly(const CborMap& statement, std::initializer_list<std::string_view> names)
{
    return statement.size() == names.size() && std::ranges::all_of(names, [&](std::string_view name) {
               return statement.find(name).has_value();
           });
}

AttestationResult read_chain(const CborMap& statement)
{
    const auto x5c = statement.find("x5c");
    if (!x5c || x5c->kind != CborKind::array || x5c->parts.empty() ||
        x5c->parts.size() > attestation_certificates_max)
        return failure(attestation_statement_malformed);
    Chain chain;
    for (const BytesView part : x5c->parts) {
        const auto item = read_cbor(part);
        const auto der = item ? item->bytes() : std::nullopt;
        if (!der || der->size() > certificate_bytes_max) return failure(attestation_certificate_malformed);
        auto certificate = Certificate::parse(*der);
        if (!certificate || certificate->public_key() == nullptr)
            return failure(attestation_certificate_malformed);
        chain.push_back(std::move(*certificate));
    }
    return chain;
}

Result<AttestationTrust, WebauthnRefusal> verify_attestation(const RegistrationExpectation& expected,
                                                             AttestationFormat format,
                                                             const Attested& attested)
{
    if (expected.attestation == AttestationUse::ignored) return AttestationTrust::unchecked;
    const auto chain = verify_statement(format, attested);
    if (!chain) return failure(chain.error());
    AttestationTrust trust =
        format == AttestationFormat::none ? AttestationTrust::none : AttestationTrust::self;
    if (!chain->empty()) {
        trust = is_anchored(*chain, expected.trust_anchors, expected.now) ? AttestationTrust::anchored
                                                                          : AttestationTrust::certificate;
    }
    if (expected.attestation == AttestationUse::trusted && trust != AttestationTrust::anchored)
        return failure(attestation_untrusted);
    return trust;
}

}  // namespace sallyport::crypto
