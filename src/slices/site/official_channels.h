#pragma once
// What is officially ours, in one signed document: whoever is called, written to or followed by something can
// look it up, and anybody can check a copy without us (`sallyport channels verify`).
#include "base/result.h"
#include "crypto/jws.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::site {

/// From the configuration. Each list as people meet it: "exchange.example", "accounts@exchange.example",
/// "Exchange", "+351211234567", "@exchange on x.example", "example.exchange on Google Play".
struct Channels {
    std::int64_t version = 1;  // the operator raises it with every change
    std::vector<std::string> domains;
    std::vector<std::string> senders;
    std::vector<std::string> text_senders;
    std::vector<std::string> phones;
    std::vector<std::string> handles;
    std::vector<std::string> apps;
};

/// The document of /.well-known/official-channels: a JSON object with every list, and `signature`, a compact
/// JWS (RFC 7515, EdDSA) whose payload is the same object without it.
std::string official_channels(const Channels& channels, std::string_view origin,
                              const crypto::JwsSigner& signer);

/// A document that was verified.
struct VerifiedChannels {
    std::string issuer;
    std::int64_t version;
    std::string lines;  // "domains: …" and so on, one a line, without control characters
};
/// The error is a sentence for the person: no document, not signed by one of `keys`, or its readable part is
/// another than what was signed. `document`: of anybody, at most 64 KiB.
Result<VerifiedChannels, std::string> verify_channels(std::string_view document,
                                                      std::span<const crypto::JwsPublicKey> keys);

/// The Ed25519 keys of a JWK set (RFC 7517, RFC 8037); empty where it is none. At most 64 KiB.
std::vector<crypto::JwsPublicKey> keys_of_set(std::string_view jwks);

}  // namespace sallyport::site
