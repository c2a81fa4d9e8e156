#include "slices/sign_in/trusted_browser.h"

#include "crypto/browser_key.h"
#include "crypto/canonical.h"
#include "crypto/hash.h"
#include "policy/trusted_browsers.h"
#include "proof/effects.h"
#include "proof/trusted_session.h"
#include "store/accounts.h"
#include "store/sealed_rows.h"
#include "store/trusted_browsers.h"

namespace sallyport::sign_in {

namespace {

namespace rules = policy::trusted_browsers;
using policy::Method;

/// What one transaction found and did; tokens come from outside, because it may run again.
struct Settled {
    Trusted answer = Trusted::over;
    std::string then;
};

rules::Facts facts_of(const HalfFinished& row, const std::optional<store::TrustedBrowser>& browser,
                      const std::string& challenge, BytesView signature)
{
    rules::Facts facts;
    facts.password_right = true;  // or there were no half-finished sign-in
    facts.row_found = facts.same_account = browser.has_value();
    facts.challenge_used = row.trust_answered;
    facts.challenge_made_at = row.begun;
    if (!browser) return facts;
    facts.signature_right = crypto::browser_key_verifies(browser->public_key, as_bytes(challenge), signature);
    facts.trusted_at = browser->trusted_at;
    return facts;
}

Settled settle(db::Tx& tx, const proof::World& world, const proof::Asker& asker,
               const store::TokenHash& secret, BytesView signature, const proof::SessionTokens& tokens)
{
    const Instant now = world.clock.now();
    Settled settled;
    auto row = find(tx, world, secret, now);
    if (!row) return settled;
    const auto credentials = store::CredentialSet::load(tx, world.keys, row->account);
    if (state_of(credentials) != policy::sign_in::AccountState::active) {
        store::take_sign_in(tx, secret);
        return settled;
    }
    const auto browser = store::find_trusted(tx, world.keys, asker.browser_tokens, row->account);
    const auto challenge = trust_challenge(TrustPurpose::use, row->account, secret);
    const auto facts = facts_of(*row, browser, challenge, signature);
    const auto verdict = rules::judge(facts, world.methods, now, world.trust);
    if (verdict.answer == rules::Answer::not_trusted) {
        settled.answer = Trusted::refused;
        row->trust_answered = true;
        update(tx, world, secret, *row);
        return settled;
    }
    store::take_sign_in(tx, secret);  // found above: a parallel request's transaction is before or after this
    const auto account = store::load_account(tx, world.keys, row->account);
    proof::open_trusted_session(tx, world, asker, account, credentials, verdict.level, tokens, now);
    store::note_trusted_session(tx, browser->id, store::session_id_of(tokens.session.hash));
    settled.answer = Trusted::signed_in;
    settled.then = row->then;
    return settled;
}

/// Whether the browser is known, or becomes so by this method: a trusted browser is found by its token.
bool will_be_known(db::Tx& tx, const proof::World& world, const proof::Asker& asker,
                   const store::CredentialSet& credentials, policy::Methods shown, Instant now)
{
    const auto level = policy::profile::level_under(world.methods, shown, false);
    return policy::sessions::makes_browser_known(level, proof::highest_level_of(credentials)) ||
           proof::knows_browser(tx, world, asker, credentials.account(), now).has_value();
}

TrustOffer read_offer(db::Tx& tx, const proof::World& world, const proof::Asker& asker,
                      const store::TokenHash& secret, Method method)
{
    const Instant now = world.clock.now();
    TrustOffer offer;
    const auto row = find(tx, world, secret, now);
    if (!row || !world.methods.trusted_browsers) return offer;
    const policy::Methods shown{Method::password, method};
    const auto credentials = store::CredentialSet::load(tx, world.keys, row->account);
    if (rules::may_trust(shown, world.methods) && will_be_known(tx, world, asker, credentials, shown, now)) {
        offer.make = trust_challenge(TrustPurpose::make, row->account, secret);
        offer.days = std::chrono::ceil<std::chrono::days>(world.trust.life).count();
    }
    const auto browser = store::find_trusted(tx, world.keys, asker.browser_tokens, row->account);
    const bool in_time = now < row->begun + world.trust.challenge_life &&
                         (!browser || now < rules::ends_at(browser->trusted_at, world.trust));
    if (browser && in_time && !row->trust_answered)
        offer.use = trust_challenge(TrustPurpose::use, row->account, secret);
    return offer;
}

}  // namespace

std::string trust_challenge(TrustPurpose purpose, const AccountId& account,
                            const store::TokenHash& half_finished)
{
    const std::string_view name = purpose == TrustPurpose::make ? "make" : "use";
    const crypto::Canonical all{"trusted_browser.challenge", 1, {name, account.value(), half_finished}};
    return to_base64url(crypto::sha256(all.bytes()));
}

void keep_trust(db::Tx& tx, const proof::World& world, const proof::Asker& asker,
                const store::Account& account, const store::CredentialSet& credentials, const TrustWish& wish,
                policy::Methods shown, const std::optional<store::TokenHash>& token, Instant now)
{
    const auto challenge = trust_challenge(TrustPurpose::make, account.id, wish.half_finished);
    if (!token || !rules::may_trust(shown, world.methods) ||
        !crypto::browser_key_verifies(wish.public_key, as_bytes(challenge), wish.signature))
        return;
    store::trust_browser(
        tx, world.keys,
        {world.random.id<BrowserId>(now), *token, wish.public_key, now, asker.browser, asker.address},
        account.id, world.trust.browsers_max);
    auto facts = proof::facts_of(asker, now);
    facts.emplace_back("until", std::to_string(to_unix_ms(rules::ends_at(now, world.trust))));
    proof::tell(tx, world, policy::notices::Kind::browser_trusted, account, credentials, facts, now);
    proof::note(tx, world, account.id, "browser_trusted", asker, now);
}

void note_session(db::Tx& tx, const proof::World& world, const std::vector<store::TokenHash>& tokens,
                  const AccountId& account, const store::TokenHash& session)
{
    const auto browser = store::find_trusted(tx, world.keys, tokens, account);
    if (browser) store::note_trusted_session(tx, browser->id, store::session_id_of(session));
}

Task<TrustOffer> offer_trust(proof::World& world, proof::Asker asker, store::TokenHash half_finished,
                             Method method)
{
    auto work = [&world, asker, half_finished, method](db::Tx& tx) {
        return read_offer(tx, world, asker, half_finished, method);
    };
    co_return co_await world.database.transact(std::move(work));
}

Task<TrustedOutcome> sign_in_trusted(proof::World& world, proof::Asker asker, store::TokenHash half_finished,
                                     Bytes signature)
{
    auto tokens = proof::make_session_tokens(world.random);
    auto work = [&world, &asker, half_finished, &signature, &tokens](db::Tx& tx) {
        return settle(tx, world, asker, half_finished, signature, tokens);
    };
    auto settled = co_await world.database.transact(std::move(work));
    world.mail_is_waiting();
    TrustedOutcome outcome;
    outcome.answer = settled.answer;
    outcome.then = std::move(settled.then);
    if (outcome.answer == Trusted::signed_in) outcome.session.emplace(std::move(tokens));
    co_return outcome;
}

}  // namespace sallyport::sign_in
