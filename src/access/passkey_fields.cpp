#include "access/passkey_fields.h"

#include "http/pages.h"
#include "render/messages.h"
#include "views/passkey_options.h"

#include <algorithm>
#include <array>

namespace sallyport::access {

namespace {

constexpr policy::passkeys::Limits limits;
// WebAuthn level 3, section 5.8.4; others are left out.
constexpr auto transports_known =
    std::to_array<std::string_view>({"usb", "nfc", "ble", "smart-card", "hybrid", "internal"});

std::optional<Bytes> bytes_in(const http::Fields& form, std::string_view name)
{
    return from_base64url(form.get(name));
}

std::vector<std::string> transports_in(std::string_view text)
{
    std::vector<std::string> found;
    for (const std::string_view known : transports_known) {
        const auto padded = " " + std::string(text) + " ";
        if (padded.find(" " + std::string(known) + " ") != std::string::npos) found.emplace_back(known);
    }
    return found;
}

views::PasskeyOptions options_for(const Access& access, const proof::PasskeyChallenge& challenge,
                                  bool verified, const std::vector<PasskeyChoice>& credentials)
{
    views::PasskeyOptions view;
    view.challenge = to_base64url(challenge.bytes);
    view.rp_id = access.world().brand.rp_id;
    view.rp_name = access.world().brand.name;
    view.verification = verified ? "required" : "preferred";
    view.timeout_ms = limits.challenge_life.count();
    for (const PasskeyChoice& choice : credentials)
        view.credentials.push_back({to_base64url(choice.id), choice.transports});
    return view;
}

http::Response with_cookie(const views::PasskeyOptions& view, const proof::PasskeyChallenge& challenge)
{
    auto response = http::respond_json(view);
    if (!challenge.cookie.empty())
        response.add("Set-Cookie", http::set_cookie_header(passkey_cookie, challenge.cookie,
                                                           std::chrono::duration_cast<std::chrono::seconds>(
                                                               limits.challenge_life)));
    return response;
}

}  // namespace

std::optional<proof::PasskeyAnswer> passkey_answer(const http::Fields& form)
{
    auto id = bytes_in(form, "credential_id");
    auto client_data = bytes_in(form, "client_data");
    auto authenticator_data = bytes_in(form, "authenticator_data");
    auto signature = bytes_in(form, "signature");
    auto user_handle = bytes_in(form, "user_handle");
    if (!id || id->empty() || !client_data || !authenticator_data || !signature || !user_handle)
        return std::nullopt;
    return proof::PasskeyAnswer{std::move(*id), std::move(*client_data), std::move(*authenticator_data),
                                std::move(*signature), std::move(*user_handle)};
}

std::optional<proof::PasskeyMade> passkey_made(const http::Fields& form)
{
    auto id = bytes_in(form, "credential_id");
    auto client_data = bytes_in(form, "client_data");
    auto attestation = bytes_in(form, "attestation");
    if (!id || id->empty() || !client_data || !attestation) return std::nullopt;
    return proof::PasskeyMade{std::move(*id), std::move(*client_data), std::move(*attestation),
                              transports_in(form.get("transports"))};
}

std::vector<PasskeyChoice> choices_of(const std::vector<store::Passkey>& passkeys)
{
    std::vector<PasskeyChoice> choices;
    for (const store::Passkey& passkey : passkeys)
        choices.push_back({passkey.credential_id, passkey.transports});
    return choices;
}

http::Response passkey_request(const Access& access, const proof::PasskeyChallenge& challenge, bool verified,
                               const std::vector<PasskeyChoice>& allowed)
{
    return with_cookie(options_for(access, challenge, verified, allowed), challenge);
}

http::Response passkey_creation(const Access& access, const proof::PasskeyChallenge& challenge,
                                const AccountId& account, std::string name,
                                const std::vector<PasskeyChoice>& excluded, bool verified)
{
    auto view = options_for(access, challenge, verified, excluded);
    view.user_id = to_base64url(proof::user_handle_of(account));
    view.user_name = std::move(name);
    for (const std::int64_t id : {policy::passkeys::eddsa, policy::passkeys::es256, policy::passkeys::rs256})
        view.algorithms.push_back({id});
    return with_cookie(view, challenge);
}

Said refusal_of(policy::passkeys::RegistrationAnswer answer)
{
    using policy::passkeys::RegistrationAnswer;
    using render::Msg;
    constexpr unsigned forbidden = 403;
    constexpr unsigned conflict = 409;
    constexpr unsigned unprocessable = 422;
    switch (answer) {
    case RegistrationAnswer::needs_level:
    case RegistrationAnswer::needs_step_up: return {Msg::passkeys_needs_level, "level_too_low", forbidden};
    case RegistrationAnswer::too_many: return {Msg::passkeys_too_many, "too_many_passkeys", conflict};
    case RegistrationAnswer::already_held: return {Msg::passkeys_already_held, "already_held", conflict};
    case RegistrationAnswer::method_not_allowed:
    case RegistrationAnswer::attestation_missing:
        return {Msg::passkeys_not_allowed, "key_not_allowed", unprocessable};
    case RegistrationAnswer::needs_hardware_key:
        return {Msg::passkeys_needs_hardware_key, "hardware_key_needed", unprocessable};
    case RegistrationAnswer::needs_password:
        return {Msg::passkeys_needs_password, "password_needed", unprocessable};
    case RegistrationAnswer::allowed:
    case RegistrationAnswer::challenge_refused:
    case RegistrationAnswer::not_present:
    case RegistrationAnswer::impossible_flags:
    case RegistrationAnswer::algorithm_not_taken: break;
    }
    return {Msg::passkeys_not_made, "passkey_not_made", unprocessable};
}

}  // namespace sallyport::access
