#include "proof/passkey_makers.h"

#include "base/ids.h"

#include <algorithm>
#include <array>

namespace sallyport::proof {

namespace {

struct Known {
    std::string_view aaguid;
    PasskeyMaker maker;
};

// Providers are numbered here; 0 is policy::roots::unknown_provider. Values: the FIDO Metadata Service and
// the passkey providers' own pages.
constexpr std::int64_t apple = apple_provider, google = google_provider, microsoft = microsoft_provider,
                       one_password = 4, bitwarden = 5, dashlane = 6, samsung = 7, proton = proton_provider,
                       keeper = 9, nordpass = 10, enpass = 11, local = 12;
constexpr auto known = std::to_array<Known>({
    {"fbfc3007-154e-4ecc-8c0b-6e020557d7bd", {"iCloud Keychain", apple}},
    {"dd4ec289-e01d-41c9-bb89-70fa845d4bf2", {"iCloud Keychain", apple}},
    {"ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4", {"Google Password Manager", google}},
    {"adce0002-35bc-c60a-648b-0b25f1f05503", {"Chrome on Mac", google}},
    {"08987058-cadc-4b81-b6e1-30de50dcbe96", {"Windows Hello", microsoft}},
    {"9ddd1817-af5a-4672-a2b9-3e3dd95000a9", {"Windows Hello", microsoft}},
    {"6028b017-b1d4-4c02-b4b3-afcdafc96bb2", {"Windows Hello", microsoft}},
    {"bada5566-a7aa-401f-bd96-45619a55120d", {"1Password", one_password}},
    {"d548826e-79b4-db40-a3d8-11116f7e8349", {"Bitwarden", bitwarden}},
    {"531126d6-e717-415c-9320-3d9aa6981239", {"Dashlane", dashlane}},
    {"53414d53-554e-4700-0000-000000000000", {"Samsung Pass", samsung}},
    {"50726f74-6f6e-5061-7373-50726f746f6e", {"Proton Pass", proton}},
    {"0ea242b4-43c4-4a1b-8b17-dd6d0b6baec6", {"Keeper", keeper}},
    {"b84e4048-15dc-4dd0-8640-f4f60813c8af", {"NordPass", nordpass}},
    {"f3809540-7f14-49c1-a8b3-8f813b225541", {"Enpass", enpass}},
    {"fdb141b2-5d84-443e-8a35-4698c205a502", {"KeePassXC", local}},
    {"cb69481e-8ff7-4039-93ec-0a2729a154a8", {"YubiKey 5", local}},
    {"ee882879-721c-4913-9775-3dfcce97072a", {"YubiKey 5", local}},
    {"fa2b99dc-9e39-4257-8f92-4a30d23c4118", {"YubiKey 5 NFC", local}},
    {"2fc0579f-8113-47ea-b116-bb5a8db9202a", {"YubiKey 5 NFC", local}},
    {"c5ef55ff-ad9a-4b9f-b580-adebafe026d0", {"YubiKey 5Ci", local}},
    {"f8a011f3-8c0a-4d15-8006-17111f9edc7d", {"Security Key by Yubico", local}},
});

/// Tells one piece of hardware from another; never 0.
std::int64_t number_of(const FactorId& id)
{
    std::int64_t number = 0;
    const Uuid& uuid = id.value();
    for (std::size_t i = uuid.size() - 7; i < uuid.size(); ++i) number = (number << 8) | uuid[i];
    return number + 1;
}

}  // namespace

PasskeyMaker passkey_maker(BytesView aaguid) noexcept
{
    const auto uuid = uuid_from_bytes(aaguid);
    if (!uuid) return {{}, policy::roots::unknown_provider};
    const auto text = to_text(*uuid);
    const auto at = std::ranges::find(known, text, &Known::aaguid);
    return at == known.end() ? PasskeyMaker{{}, policy::roots::unknown_provider} : at->maker;
}

policy::roots::Kept kept_in(const store::Passkey& passkey)
{
    if (!passkey.backup_eligible) return policy::roots::hardware(number_of(passkey.id));
    return policy::roots::synced_passkey(passkey_maker(passkey.aaguid).provider);
}

}  // namespace sallyport::proof
