#pragma once
// Who makes or keeps a passkey, as its AAGUID says (WebAuthn level 3, section 6.5.1): a name to begin with,
// and the provider by which policy counts roots. An AAGUID can be lied about: it names and groups, and proves
// nothing.
#include "base/bytes.h"
#include "policy/roots.h"
#include "store/credentials.h"

#include <cstdint>
#include <string_view>

namespace sallyport::proof {

/// Providers that keep mailboxes too (mailboxes.h). 0 is policy::roots::unknown_provider.
inline constexpr std::int64_t apple_provider = 1, google_provider = 2, microsoft_provider = 3,
                              proton_provider = 8;

struct PasskeyMaker {
    std::string_view name;  // "iCloud Keychain"; empty: unknown
    std::int64_t provider;  // of the cloud where it is kept; policy::roots::unknown_provider where not known
};
/// `aaguid`: 16 bytes.
PasskeyMaker passkey_maker(BytesView aaguid) noexcept;

/// Where a passkey is kept: with its provider, or in a piece of hardware of its own.
policy::roots::Kept kept_in(const store::Passkey& passkey);

}  // namespace sallyport::proof
