#include "crypto/cose_key.h"

#include "base/check.h"
#include "crypto/cbor_reader.h"
#include "crypto/cose_curve.h"
#include "crypto/cose_signature.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <map>
#include <span>
#include <string_view>
#include <utility>

namespace sallyport::crypto {

namespace {

// Labels of RFC 9052 table 4, RFC 9053 tables 19 to 21 and RFC 8230 table 4.
constexpr std::int64_t label_kty = 1, label_alg = 3;
constexpr std::int64_t label_crv = -1, label_x = -2, label_y = -3, label_d = -4;
constexpr std::int64_t label_n = -1, label_e = -2, rsa_private_first = -3, rsa_private_last = -12;
constexpr std::int64_t kty_okp = 1, kty_ec2 = 2, kty_rsa = 3;
constexpr std::size_t rsa_exponent_bytes_max = 8;
constexpr std::uint64_t rsa_exponent_min = 65537;  // FIPS 186-5 section A.1.1

struct Curve {
    std::int64_t number;  // IANA COSE Elliptic Curves
    std::size_t coordinate_bytes;
    const char* name;  // OpenSSL's
};

/// Fails with the reason, or gives nothing.
using Problem = std::optional<CoseProblem>;

Problem check_members(const CborMap& map, std::span<const std::int64_t> labels)
{
    for (const std::int64_t label : labels) {
        if (!map.find(label)) return CoseProblem::missing_member;
    }
    return map.size() == labels.size() ? Problem() : CoseProblem::extra_member;
}

bool has_private_part(const CborMap& map, std::int64_t kty)
{
    if (kty != kty_rsa) return map.find(label_d).has_value();
    for (std::int64_t label = rsa_private_first; label >= rsa_private_last; --label) {
        if (map.find(label)) return true;
    }
    return false;
}

struct ContextDeleter {
    void operator()(EVP_PKEY_CTX* context) const noexcept { EVP_PKEY_CTX_free(context); }
};
struct NumberDeleter {
    void operator()(BIGNUM* number) const noexcept { BN_free(number); }
};
struct BuilderDeleter {
    void operator()(OSSL_PARAM_BLD* builder) const noexcept { OSSL_PARAM_BLD_free(builder); }
};
struct ParamsDeleter {
    void operator()(OSSL_PARAM* params) const noexcept { OSSL_PARAM_free(params); }
};

/// Null where OpenSSL refuses the numbers.
KeyHandle import_key(const char* type, OSSL_PARAM* params, int selection = EVP_PKEY_PUBLIC_KEY)
{
    const std::unique_ptr<EVP_PKEY_CTX, ContextDeleter> context(
        EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    if (!context || EVP_PKEY_fromdata_init(context.get()) != 1) throw Unavailable("OpenSSL has no keys");
    EVP_PKEY* key = nullptr;
    const int done = EVP_PKEY_fromdata(context.get(), &key, selection, params);
    ERR_clear_error();
    return KeyHandle(done == 1 ? key : nullptr);
}

/// A key of the curve without a point, made once a thread: building a curve by name costs four times as much
/// as copying it.
EVP_PKEY* curve_template(const char* name)
{
    thread_local std::map<std::string_view, KeyHandle> templates;
    KeyHandle& key = templates[name];
    if (!key) {
        OSSL_PARAM params[] = {
            OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, const_cast<char*>(name), 0),
            OSSL_PARAM_construct_end()};
        key = import_key("EC", params, EVP_PKEY_KEY_PARAMETERS);
        if (!key) throw Unavailable("OpenSSL lacks a curve");
    }
    return key.get();
}

struct Imported {
    KeyHandle key;
    Bytes material;
    std::uint64_t rsa_exponent = 0;
};

Result<Imported, CoseProblem> import_ec(const CborMap& map, const Curve& curve)
{
    constexpr std::int64_t labels[] = {label_kty, label_alg, label_crv, label_x, label_y};
    if (const Problem problem = check_members(map, labels)) return failure(*problem);
    if (map.integer(label_crv) != curve.number) return failure(CoseProblem::wrong_type);
    const auto x = map.bytes(label_x);
    const auto y = map.bytes(label_y);
    if (!x || !y) return failure(CoseProblem::missing_member);  // a compressed y is a boolean
    if (x->size() != curve.coordinate_bytes || y->size() != curve.coordinate_bytes)
        return failure(CoseProblem::wrong_length);
    Bytes point{0x04};
    point.insert(point.end(), x->begin(), x->end());
    point.insert(point.end(), y->begin(), y->end());
    KeyHandle key(EVP_PKEY_dup(curve_template(curve.name)));
    if (!key) throw Unavailable("memory for a key");
    // Reads the point, and so checks the curve's equation.
    const int done = EVP_PKEY_set1_encoded_public_key(key.get(), point.data(), point.size());
    ERR_clear_error();
    if (done != 1) return failure(CoseProblem::not_on_curve);
    return Imported{std::move(key), std::move(point)};
}

Result<Imported, CoseProblem> import_edwards(const CborMap& map, const Curve& curve)
{
    constexpr std::int64_t labels[] = {label_kty, label_alg, label_crv, label_x};
    if (const Problem problem = check_members(map, labels)) return failure(*problem);
    if (map.integer(label_crv) != curve.number) return failure(CoseProblem::wrong_type);
    const auto x = map.bytes(label_x);
    if (!x) return failure(CoseProblem::missing_member);
    if (x->size() != curve.coordinate_bytes) return failure(CoseProblem::wrong_length);
    const bool on_curve = curve.coordinate_bytes == ed448_key_bytes ? is_ed448_key(*x) : is_ed25519_key(*x);
    if (!on_curve) return failure(CoseProblem::not_on_curve);
    KeyHandle key(EVP_PKEY_new_raw_public_key_ex(nullptr, curve.name, nullptr, x->data(), x->size()));
    if (!key) throw Unavailable("memory for a key");
    return Imported{std::move(key), Bytes(x->begin(), x->end())};
}

/// Zero where it is no exponent to trust.
std::uint64_t exponent_of(BytesView e)
{
    if (e.size() > rsa_exponent_bytes_max) return 0;
    std::uint64_t value = 0;
    for (const std::uint8_t byte : e) value = value << 8U | byte;
    return value >= rsa_exponent_min && value % 2 == 1 ? value : 0;
}

Result<Imported, CoseProblem> import_rsa(const CborMap& map)
{
    constexpr std::int64_t labels[] = {label_kty, label_alg, label_n, label_e};
    if (const Problem problem = check_members(map, labels)) return failure(*problem);
    const auto n = map.bytes(label_n);
    const auto e = map.bytes(label_e);
    if (!n || !e) return failure(CoseProblem::missing_member);
    if (n->empty() || e->empty() || n->front() == 0 || e->front() == 0)
        return failure(CoseProblem::wrong_length);  // RFC 8230 section 4: no leading zeros
    const std::unique_ptr<BIGNUM, NumberDeleter> modulus(
        BN_bin2bn(n->data(), static_cast<int>(n->size()), nullptr));
    const std::unique_ptr<BIGNUM, NumberDeleter> exponent(
        BN_bin2bn(e->data(), static_cast<int>(e->size()), nullptr));
    if (!modulus || !exponent) throw Unavailable("memory for a key");
    const auto bits = static_cast<unsigned>(BN_num_bits(modulus.get()));
    if (bits < rsa_bits_min || bits > rsa_bits_max || BN_is_odd(modulus.get()) != 1 || exponent_of(*e) == 0)
        return failure(CoseProblem::weak_rsa);
    const std::unique_ptr<OSSL_PARAM_BLD, BuilderDeleter> builder(OSSL_PARAM_BLD_new());
    if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1)
        throw Unavailable("memory for a key");
    const std::unique_ptr<OSSL_PARAM, ParamsDeleter> params(OSSL_PARAM_BLD_to_param(builder.get()));
    KeyHandle key = import_key("RSA", params.get());
    if (!key) return failure(CoseProblem::weak_rsa);
    return Imported{std::move(key), Bytes(n->begin(), n->end()), exponent_of(*e)};
}

std::int64_t type_of(CoseAlgorithm algorithm)
{
    switch (algorithm) {
    case CoseAlgorithm::es256:
    case CoseAlgorithm::es384:
    case CoseAlgorithm::es512: return kty_ec2;
    case CoseAlgorithm::eddsa:
    case CoseAlgorithm::ed448: return kty_okp;
    case CoseAlgorithm::rs256: return kty_rsa;
    }
    std::unreachable();
}

Result<Imported, CoseProblem> import_for(CoseAlgorithm algorithm, const CborMap& map)
{
    switch (algorithm) {
    case CoseAlgorithm::es256: return import_ec(map, {1, 32, "prime256v1"});
    case CoseAlgorithm::es384: return import_ec(map, {2, 48, "secp384r1"});
    case CoseAlgorithm::es512: return import_ec(map, {3, 66, "secp521r1"});
    case CoseAlgorithm::eddsa: return import_edwards(map, {6, ed25519_key_bytes, "ED25519"});
    case CoseAlgorithm::ed448: return import_edwards(map, {7, ed448_key_bytes, "ED448"});
    case CoseAlgorithm::rs256: return import_rsa(map);
    }
    std::unreachable();
}

}  // namespace

void KeyDeleter::operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }

std::optional<CoseAlgorithm> cose_algorithm(std::int64_t identifier) noexcept
{
    constexpr CoseAlgorithm all[] = {CoseAlgorithm::es256, CoseAlgorithm::eddsa, CoseAlgorithm::es384,
                                     CoseAlgorithm::es512, CoseAlgorithm::ed448, CoseAlgorithm::rs256};
    const auto* const found = std::ranges::find(
        all, identifier, [](CoseAlgorithm algorithm) { return static_cast<std::int64_t>(algorithm); });
    return found == std::ranges::end(all) ? std::nullopt : std::optional(*found);
}

Result<CosePublicKey, CoseProblem> CosePublicKey::parse(BytesView encoded)
{
    if (encoded.size() > cose_key_bytes_max) return failure(CoseProblem::too_large);
    const auto map = CborMap::read(encoded);
    if (!map) return failure(CoseProblem::not_canonical);
    const auto alg = map->integer(label_alg);
    const auto kty = map->integer(label_kty);
    if (!alg || !kty) return failure(CoseProblem::missing_member);
    const auto algorithm = cose_algorithm(*alg);
    if (!algorithm) return failure(CoseProblem::unknown_algorithm);
    if (*kty != type_of(*algorithm)) return failure(CoseProblem::wrong_type);
    if (has_private_part(*map, *kty)) return failure(CoseProblem::private_part);
    auto imported = import_for(*algorithm, *map);
    if (!imported) return failure(imported.error());
    return CosePublicKey(*algorithm, std::move(imported->key), std::move(imported->material),
                         imported->rsa_exponent);
}

bool CosePublicKey::verifies(BytesView message, BytesView signature) const
{
    if (m_algorithm == CoseAlgorithm::eddsa) return verify_ed25519(m_material, message, signature);
    return verify_signature(scheme_of(m_algorithm), *m_key, message, signature);
}

bool CosePublicKey::equals(const EVP_PKEY& other) const
{
    const bool equal = EVP_PKEY_eq(m_key.get(), &other) == 1;
    ERR_clear_error();
    return equal;
}

}  // namespace sallyport::crypto
