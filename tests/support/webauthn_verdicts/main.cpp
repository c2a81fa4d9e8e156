// Our verdicts on the published WebAuthn responses and on changes of them, for webauthn_compare.mjs.
//     webauthn_verdicts list    prints each sample as a line of JSON (bytes in base64url)
//     webauthn_verdicts         reads lines {"sample":NAME} or {"sample":NAME,"part":PART}; answers each with
//     a line:
//                               the verdict on the sample, or on it with each bit of the part flipped, in
//                               their order
// A verdict is "verified" or the name of the check that refused.
#include "support/webauthn_samples.h"

#include <boost/json.hpp>

#include <algorithm>
#include <iostream>
#include <string>

namespace {

using namespace sallyport;
using namespace sallyport::crypto;
namespace json = boost::json;

std::vector<WebauthnSample> all_samples()
{
    std::vector<WebauthnSample> all = w3c_samples();
    std::ranges::move(simplewebauthn_samples(), std::back_inserter(all));
    return all;
}

json::object described(WebauthnSample& sample)
{
    json::object out{{"name", sample.name},
                     {"create", sample.is_registration},
                     {"challenge", to_base64url(sample.challenge)},
                     {"origin", sample.origins.front()},
                     {"rp_id", sample.rp_id},
                     {"raw_id", to_base64url(sample.raw_id)},
                     {"client_data", to_base64url(sample.client_data_json)},
                     {"attestation_object", to_base64url(sample.attestation_object)},
                     {"format", sample.format()}};
    if (!sample.top_origins.empty()) out["top_origin"] = sample.top_origins.front();
    for (const char* const part : {"authenticator_data", "signature", "public_key"})
        out[part] = to_base64url(sample.part(part));
    // Where the parts stand in the attestation object.
    for (const char* const part : {"authenticator_data", "signature"}) {
        if (!sample.is_registration || sample.part(part).empty()) continue;
        out[std::string(part) + "_offset"] = sample.part(part).data() - sample.attestation_object.data();
    }
    return out;
}

std::string verdict(const WebauthnSample& sample)
{
    const auto refusal = sample.refusal();
    return refusal ? std::string(name_of(*refusal)) : "verified";
}

std::string answer(std::vector<WebauthnSample>& samples, const json::value& request)
{
    const std::string_view name = request.at("sample").as_string();
    WebauthnSample& sample = *std::ranges::find(samples, name, &WebauthnSample::name);
    const auto* const part = request.as_object().if_contains("part");
    if (part == nullptr) return verdict(sample);
    std::string verdicts;
    for (std::uint8_t& byte : sample.part(part->as_string())) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            const auto mask = static_cast<std::uint8_t>(1U << bit);
            byte ^= mask;
            verdicts.append(verdict(sample)).append(" ");
            byte ^= mask;
        }
    }
    return verdicts;
}

}  // namespace

int main(int count, char** arguments)
{
    std::vector<WebauthnSample> samples = all_samples();
    if (count > 1 && std::string_view(arguments[1]) == "list") {
        for (WebauthnSample& sample : samples) std::cout << json::serialize(described(sample)) << '\n';
        return 0;
    }
    for (std::string line; std::getline(std::cin, line);)
        std::cout << answer(samples, json::parse(line)) << std::endl;
    return 0;
}
