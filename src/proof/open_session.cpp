#include "proof/open_session.h"

#include "policy/reminders.h"
#include "policy/sessions.h"
#include "proof/effects.h"
#include "proof/sent_codes.h"
#include "proof/trusted_session.h"
#include "store/bundled_mail.h"
#include "store/known_browsers.h"
#include "store/sessions.h"

namespace sallyport::proof {

namespace {

std::optional<store::KnownBrowser> known_browser(db::Tx& tx, const World& world, const Asker& asker,
                                                 const AccountId& account, Instant now)
{
    auto known = store::find_browser(tx, world.keys, asker.browser_tokens, account);
    if (!known || !policy::sessions::is_known(known->last_full_sign_in, now, world.sessions))
        return std::nullopt;
    return known;
}

/// Far from those of policy::Method, and within the 32 that a process keeps of each session.
constexpr std::int64_t trusted_browser_bit = std::int64_t{1} << 30;
static_assert(policy::every_method.size() < 30);

/// To every address; to numbers that take texts a few times a day at most. Nobody is called for it.
void tell_new_sign_in(db::Tx& tx, const World& world, const Asker& asker, const store::Account& account,
                      const store::CredentialSet& credentials, Instant now)
{
    constexpr std::string_view text = "T12";
    constexpr policy::reminders::Limits reminders;
    tell(tx, world, policy::notices::Kind::new_sign_in, account, credentials, facts_of(asker, now), now);
    const auto phones = told_phones(credentials, now);
    if (phones.empty()) return;
    const auto lately =
        store::earlier_mails(tx, world.keys, account.id, text, now - reminders.sign_in_text_gap);
    const auto told = lately.untouched.empty() ? lately.last_due : std::optional(now);
    if (!policy::reminders::texts_new_sign_in(told, now, reminders)) return;
    for (const store::Phone& phone : phones) {
        if (reach_of(world, phone.number) == policy::phones::Reach::call) continue;
        store::put_text(tx, world.keys,
                        {world.random.id<OutboxId>(now),
                         account.id,
                         std::string(text),
                         phone.number,
                         account.language,
                         {}},
                        store::MailPriority::security, now);
    }
}

OpenedSession open(db::Tx& tx, const World& world, const Asker& asker, const store::Account& account,
                   const store::CredentialSet& credentials, std::int64_t methods, policy::Level level,
                   const SessionTokens& tokens, bool told, Instant now)
{
    const auto known_before = known_browser(tx, world, asker, account.id, now);
    // An account holds only so many sessions: the oldest go.
    store::end_oldest_sessions(tx, account.id, world.sessions.sessions_max - 1, now);
    store::insert_session(tx, world.keys,
                          {tokens.session.hash, account.id, static_cast<std::int64_t>(level), methods, now,
                           now, asker.browser, asker.address});
    const bool full = policy::sessions::makes_browser_known(level, highest_level_of(credentials));
    const OpenedSession opened{policy::sessions::browser_token_after(full, known_before.has_value())};
    if (full) {
        auto browser = known_before.value_or(store::KnownBrowser{tokens.browser.hash, now, now});
        browser.last_full_sign_in = now;
        store::know_browser(tx, world.keys, browser, account.id, world.sessions.known_browsers_max);
    }
    note(tx, world, account.id, "signed_in", asker, now, std::to_string(static_cast<int>(level)));
    if (told && policy::sessions::tells_new_device(known_before.has_value()))
        tell_new_sign_in(tx, world, asker, account, credentials, now);
    return opened;
}

}  // namespace

SessionTokens make_session_tokens(ports::Random& random)
{
    FreshToken session = fresh_token(random);
    return {std::move(session), fresh_token(random)};
}

OpenedSession open_session(db::Tx& tx, const World& world, const Asker& asker, const store::Account& account,
                           const store::CredentialSet& credentials, policy::Methods methods,
                           policy::Level level, const SessionTokens& tokens, bool told, Instant now)
{
    return open(tx, world, asker, account, credentials, bits_of(methods), level, tokens, told, now);
}

OpenedSession open_trusted_session(db::Tx& tx, const World& world, const Asker& asker,
                                   const store::Account& account, const store::CredentialSet& credentials,
                                   policy::Level level, const SessionTokens& tokens, Instant now)
{
    const std::int64_t methods = bits_of({policy::Method::password}) | trusted_browser_bit;
    return open(tx, world, asker, account, credentials, methods, level, tokens, true, now);
}

bool by_trusted_browser(std::int64_t methods) noexcept { return (methods & trusted_browser_bit) != 0; }

std::optional<store::TokenHash> knows_browser(db::Tx& tx, const World& world, const Asker& asker,
                                              const AccountId& account, Instant now)
{
    const auto known = known_browser(tx, world, asker, account, now);
    return known ? std::optional(known->token) : std::nullopt;
}

policy::Level highest_level_of(const store::CredentialSet& credentials)
{
    const auto passkeys = credentials.passkey_counts();
    return policy::highest_level({static_cast<std::int64_t>(credentials.totp_app_count()), passkeys.synced,
                                  passkeys.bound, passkeys.touched});
}

std::int64_t bits_of(policy::Methods methods) noexcept
{
    std::int64_t bits = 0;
    for (const policy::Method method : policy::every_method)
        if (methods.has(method)) bits |= std::int64_t{1} << static_cast<unsigned>(method);
    return bits;
}

policy::Methods methods_of(std::int64_t bits) noexcept
{
    policy::Methods methods;
    for (const policy::Method method : policy::every_method)
        if ((bits >> static_cast<unsigned>(method) & 1) != 0) methods.add(method);
    return methods;
}

}  // namespace sallyport::proof
