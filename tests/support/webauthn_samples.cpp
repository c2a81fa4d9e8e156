#include "support/webauthn_samples.h"

#include "crypto/webauthn_attestation.h"

#include <boost/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>

namespace sallyport::crypto {

namespace json = boost::json;

namespace {

json::value read_json(const std::string& name)
{
    std::ifstream file(published_vectors() / name);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    return json::parse(text);
}

std::string text_of(const json::value& object, const char* name)
{
    const auto* const found = object.as_object().if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

Bytes hex_of(const json::value& object, const char* name) { return *from_hex(text_of(object, name)); }

/// The samples have both alphabets, with and without padding.
Bytes lenient_base64(std::string text)
{
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    while (text.ends_with('=')) text.pop_back();
    return from_base64url(text).value_or(Bytes());
}

/// The part of authenticator data that verify_registration hands to the store.
Bytes key_in(BytesView attestation_object)
{
    const auto object = read_attestation_object(attestation_object);
    const auto data = read_authenticator_data(object->authenticator_data);
    return {data->credential->public_key.begin(), data->credential->public_key.end()};
}

Bytes id_in(BytesView attestation_object)
{
    const auto object = read_attestation_object(attestation_object);
    const auto data = read_authenticator_data(object->authenticator_data);
    return {data->credential->id.begin(), data->credential->id.end()};
}

/// Public keys that SimpleWebAuthn's tests state beside the response (MIT), by credential.
const std::map<std::string, std::string> stated_keys{
    {"KEbWNCc7NgaYnUyrNeFGX9_3Y-8oJ3KwzjnaiD1d1LVTxR7v3CaKfCz2Vy_g_MHSh7yJ8yL0Pxg6jo_o0hYiew",
     "pQECAyYgASFYIIheFp-u6GvFT2LNGovf3ZrT0iFVBsA_76rRysxRG9A1Ilgg8WGeA6hPmnab0HAViUYVRkwTNcN77QBf_"
     "RR0dv3lIvQ"},
    {"wSisR0_4hlzw3Y1tj4uNwwifIhRa-ZxWJwWbnfror0pVK9qPdBPO5pW3gasPqn6wXHb0LNhXB_IrA1nFoSQJ9A",
     "pQECAyYgASFYIGmaxR4mBbukc2QhtW2ldhAAd555r-ljlGQN8MbcTnPPIlgg9CyUlE-0AB2fbzZbNgBvJuRa7r6o2jPphOmtyNPR_"
     "kY"},
    {"AaIBxnYfL2pDWJmIii6CYgHBruhVvFGHheWamphVioG_TnEXxKA9MW4FWnJh21zsbmRpRJso9i2JmAtWOtXfVd4oXTgYVusXwhWWsA",
     "pQECAyYgASFYILTrxTUQv3X4DRM6L_pk65FSMebenhCx3RMsTKoBm-AxIlggEf3qk5552QLNSh1T1oQs7_"
     "2C2qysDwN4r4fCp52Hsqs"},
};

WebauthnSample w3c_sample(const json::value& vector, const json::value& ceremony, const json::value& file)
{
    const json::value& values = ceremony.at("values");
    WebauthnSample sample;
    sample.is_registration = values.as_object().contains("attestationObject");
    sample.name = text_of(vector, "id") + (sample.is_registration ? " create" : " get");
    sample.challenge = hex_of(values, "challenge");
    sample.origins = {text_of(file, "origin")};
    sample.rp_id = text_of(file, "rp_id");
    sample.cross_origin =
        sample.name.starts_with("none-es256-crossOrigin") || sample.name.starts_with("none-es256-topOrigin");
    if (sample.cross_origin) sample.top_origins = {text_of(file, "topOrigin")};
    sample.client_data_json = hex_of(values, "clientDataJSON");
    return sample;
}

/// What a sample does not state is taken from the response itself: then the other checks are what it tests.
void fill_from_client_data(WebauthnSample& sample)
{
    const json::value client = json::parse(as_text(sample.client_data_json));
    if (sample.challenge.empty()) sample.challenge = *from_base64url(text_of(client, "challenge"));
    if (sample.origins.front().empty()) sample.origins = {text_of(client, "origin")};
    if (sample.rp_id.empty()) {
        sample.rp_id = sample.origins.front().starts_with("http://localhost") ? "localhost"
                       : sample.origins.front() == "https://dev.dontneeda.pw" ? "dev.dontneeda.pw"
                                                                              : "";
    }
}

}  // namespace

std::filesystem::path published_vectors()
{
    const char* const named = std::getenv("SALLYPORT_VECTORS");
    if (named != nullptr && *named != '\0') return named;
    return std::filesystem::path(SALLYPORT_SOURCE_FOLDER) / ".." / "shared" / "vectors";
}

std::optional<WebauthnRefusal> WebauthnSample::refusal(AttestationUse use, std::span<const Bytes> anchors,
                                                       Instant now) const
{
    if (is_registration) {
        const auto facts = verify_registration({.ceremony = expectation(),
                                                .algorithms = every_algorithm,
                                                .attestation = use,
                                                .trust_anchors = anchors,
                                                .now = now},
                                               {raw_id, client_data_json, attestation_object});
        return facts ? std::nullopt : std::optional(facts.error());
    }
    const auto facts = verify_authentication(expectation(), {public_key, std::nullopt},
                                             {client_data_json, authenticator_data, signature});
    return facts ? std::nullopt : std::optional(facts.error());
}

std::string WebauthnSample::format() const
{
    const auto object = read_attestation_object(attestation_object);
    return object ? std::string(object->format) : std::string();
}

std::span<std::uint8_t> WebauthnSample::part(std::string_view wanted)
{
    if (wanted == "client_data") return client_data_json;
    if (!is_registration) {
        return wanted == "authenticator_data" ? authenticator_data
               : wanted == "signature"        ? signature
                                              : public_key;
    }
    const auto object = read_attestation_object(attestation_object);
    if (!object) return {};
    BytesView view;
    if (wanted == "authenticator_data") view = object->authenticator_data;
    if (wanted == "signature") view = object->statement.bytes("sig").value_or(BytesView());
    if (view.empty()) return {};  // the key is inside the authenticator data
    const auto offset = static_cast<std::size_t>(view.data() - attestation_object.data());
    return std::span(attestation_object).subspan(offset, view.size());
}

std::vector<WebauthnSample> w3c_samples()
{
    const json::value file = read_json("webauthn/w3c-webauthn-l3-test-vectors.json");
    std::vector<WebauthnSample> samples;
    for (const json::value& vector : file.at("vectors").as_array()) {
        Bytes id;
        Bytes public_key;
        for (const json::value& ceremony : vector.at("ceremonies").as_array()) {
            const json::value& values = ceremony.at("values");
            if (!values.as_object().contains("clientDataJSON")) continue;  // the certificate authority
            WebauthnSample sample = w3c_sample(vector, ceremony, file);
            if (sample.is_registration) {
                sample.attestation_object = hex_of(values, "attestationObject");
                sample.raw_id = hex_of(values, "credential_id");
                public_key = key_in(sample.attestation_object);
                id = sample.raw_id;
            } else {
                sample.authenticator_data = hex_of(values, "authenticatorData");
                sample.signature = hex_of(values, "signature");
                sample.public_key = public_key;
                sample.raw_id = id;
            }
            samples.push_back(std::move(sample));
        }
    }
    return samples;
}

std::vector<WebauthnSample> simplewebauthn_samples()
{
    std::map<std::string, std::string> keys = stated_keys;
    std::vector<WebauthnSample> samples;
    for (const json::value& row :
         read_json("webauthn/simplewebauthn-samples.json").at("samples").as_array()) {
        if (!row.as_object().contains("response")) continue;  // challenges of a file
        const json::value& credential = row.at("response");
        const json::value& response = credential.at("response");
        WebauthnSample sample;
        const std::string file = text_of(row, "file");
        const std::size_t slash = file.rfind('/') + 1;
        sample.name = file.substr(slash, file.find('.', slash) - slash) + " " + text_of(row, "name");
        sample.origins = {text_of(row, "expectedOrigin")};
        sample.rp_id = text_of(row, "expectedRPID");
        if (const std::string stated = text_of(row, "expectedChallenge"); !stated.empty())
            sample.challenge = *from_base64url(stated);
        sample.raw_id = lenient_base64(text_of(credential, "rawId"));
        sample.client_data_json = lenient_base64(text_of(response, "clientDataJSON"));
        sample.is_registration = response.as_object().contains("attestationObject");
        if (sample.is_registration) {
            sample.attestation_object = lenient_base64(text_of(response, "attestationObject"));
            if (sample.raw_id.empty()) sample.raw_id = id_in(sample.attestation_object);  // "aaa" and "bbb"
            keys.emplace(to_base64url(sample.raw_id), to_base64url(key_in(sample.attestation_object)));
        } else {
            sample.authenticator_data = lenient_base64(text_of(response, "authenticatorData"));
            sample.signature = lenient_base64(text_of(response, "signature"));
        }
        fill_from_client_data(sample);
        samples.push_back(std::move(sample));
    }
    for (WebauthnSample& sample : samples) {
        const auto key = keys.find(to_base64url(sample.raw_id));
        if (!sample.is_registration && key != keys.end()) sample.public_key = *from_base64url(key->second);
    }
    return samples;
}

std::vector<Bytes> published_certificates(const std::string& file)
{
    std::ifstream pem(published_vectors() / "webauthn" / file);
    std::vector<Bytes> found;
    std::string body;
    for (std::string line; std::getline(pem, line);) {
        if (line.starts_with("-----BEGIN"))
            body.clear();
        else if (line.starts_with("-----END"))
            found.push_back(lenient_base64(body));
        else
            body += line;
    }
    return found;
}

}  // namespace sallyport::crypto
