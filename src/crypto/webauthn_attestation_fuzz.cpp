#include "base/check.h"
#include "crypto/webauthn.h"
#include "crypto/webauthn_attestation.h"
#include "crypto/webauthn_authenticator_data.h"
#include "crypto/webauthn_client_data.h"

#include <cstddef>

namespace {

using namespace sallyport;

const Bytes challenge = to_bytes("0123456789abcdef");
const std::vector<std::string> origins{"https://example.org"};

/// The id that the object itself names, so that the statement is reached.
Bytes id_in(BytesView object)
{
    const auto read = crypto::read_attestation_object(object);
    if (!read) return {};
    const auto data = crypto::read_authenticator_data(read->authenticator_data);
    if (!data || !data->credential) return {};
    return {data->credential->id.begin(), data->credential->id.end()};
}

}  // namespace

/// An attestation object as a whole registration: nothing that the fuzzer makes is vouched for.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const BytesView object(data, size);
    const Bytes json = to_bytes(R"({"type":"webauthn.create","challenge":")" + to_base64url(challenge) +
                                R"(","origin":"https://example.org"})");
    const Bytes id = id_in(object);
    crypto::RegistrationExpectation expected{
        .ceremony = {.challenge = challenge, .rp_id = "example.org", .origins = origins}};
    expected.attestation = crypto::AttestationUse::verified;
    const auto facts = crypto::verify_registration(expected, {id, json, object});
    if (facts) {
        CHECK(facts->credential_id == id && facts->public_key.size() <= crypto::cose_key_bytes_max);
        CHECK(facts->trust != crypto::AttestationTrust::anchored);
    }
    expected.attestation = crypto::AttestationUse::trusted;
    CHECK(!crypto::verify_registration(expected, {id, json, object}).has_value());
    return 0;
}
