#include "slices/sign_up/enter_address.h"

#include "proof/asked_mails.h"
#include "proof/effects.h"
#include "proof/lock_codes.h"
#include "slices/sign_up/progress.h"
#include "store/accounts.h"
#include "store/budgets.h"

namespace sallyport::sign_up {

namespace {

namespace rules = policy::sign_up;

constexpr Duration no_gap{0};

/// What this browser's row says about asking for a code now.
struct Ground {
    bool resumed = false;
    rules::Stage stage = rules::Stage::address;
    rules::SendVerdict verdict;
};

Ground judge(const std::optional<Found>& own, const Email& email, Instant now)
{
    if (!own || own->progress.email != email)
        return {false, rules::Stage::address, rules::send_code(std::nullopt, now, limits)};
    if (own->proven()) return {true, own->progress.stage, {}};
    return {false, rules::Stage::address, rules::send_code(own->progress.challenge, now, limits)};
}

struct Admission {
    std::optional<Instant> blocked_until;
    bool may_tell_account = false;
};

/// The same statements for every address.
Task<Admission> charge(proof::World& world, proof::Asker asker, Email email, Instant now)
{
    Admission admission;
    const store::BudgetKey told{store::BudgetKind::mail_address,
                                world.keys.index.of("account_told", email.key())};
    const auto blocked_until = co_await proof::charge_asked_mail(world, std::move(asker), email, now);
    admission.blocked_until = blocked_until;
    if (blocked_until) co_return admission;
    const auto may_tell =
        co_await store::charge_mail(world.database, told, 1, account_told_every, no_gap, now);
    admission.may_tell_account = may_tell.has_value();
    co_return admission;
}

struct Letter {
    const Email& email;
    const std::string& code;
    bool may_tell_account;
    AccountId nobody;
};

/// One mail; true where the address has an account. Both ways run the same number of statements.
bool owe_mail(db::Tx& tx, const proof::World& world, const proof::Asker& asker, const Letter& letter,
              Instant now)
{
    using policy::notices::Kind;
    const auto account = store::find_account(tx, letter.email.key());
    if (!account) {
        store::CredentialSet::load_nothing(tx, letter.nobody);
        store::find_account(tx, letter.email.key());  // in place of load_account
        const proof::MailFacts facts{{"code", letter.code},
                                     {"until", std::to_string(to_unix_ms(now + limits.code_life))},
                                     {"purpose", "sign_up"}};
        proof::tell_address(tx, world, Kind::confirm_address, letter.email, asker.language, facts, now);
        return false;
    }
    const auto credentials = store::CredentialSet::load(tx, world.keys, *account);
    const auto loaded = store::load_account(tx, world.keys, *account);
    if (letter.may_tell_account) {
        proof::tell(tx, world, Kind::account_exists, loaded, credentials, {}, now);
    } else {  // in place of the mail and its lock code
        store::find_account(tx, letter.email.key());
        proof::add_no_lock_code(tx, world, now);
    }
    return true;
}

struct Fresh {
    store::TokenHash token;
    std::string code;
    AccountId account;
    bool may_tell_account;
};

/// What the transaction did: whether the row is a new one, whose cookie must be set.
bool write(db::Tx& tx, const proof::World& world, const proof::Asker& asker, const Email& email,
           const store::TokenHash& secret, const Fresh& fresh, Instant now)
{
    auto own = find(tx, world, secret, now);
    const Ground ground = judge(own, email, now);
    if (ground.resumed || !ground.verdict.send) return false;  // a parallel request was quicker
    std::string code = fresh.code;
    if (owe_mail(tx, world, asker, {email, code, fresh.may_tell_account, fresh.account}, now))
        code.front() = '-';  // as long, and never right
    if (ground.verdict.challenge.sends > 1) {
        own->progress.challenge = ground.verdict.challenge;
        own->progress.code = std::move(code);
        save(tx, world, *own, false);
        return false;
    }
    if (own) store::take_sign_up(tx, secret);
    insert(tx, world, fresh.token,
           {email,
            now,
            rules::Stage::address,
            ground.verdict.challenge,
            std::move(code),
            fresh.account,
            {},
            {},
            {},
            {},
            0,
            0,
            {}});
    return true;
}

}  // namespace

Task<EnterOutcome> enter_address(proof::World& world, proof::Asker asker, Email email,
                                 std::optional<store::TokenHash> secret)
{
    const Instant now = world.clock.now();
    const store::TokenHash hash = secret.value_or(store::TokenHash{});
    auto read = [&world, hash, email, now](db::Tx& tx) {
        return judge(find(tx, world, hash, now), email, now);
    };
    const auto ground = co_await world.database.transact(std::move(read));
    EnterOutcome outcome;
    if (ground.resumed) {
        outcome.answer = Entered::resumed;
        outcome.stage = ground.stage;
        co_return outcome;
    }
    if (!ground.verdict.send) co_return outcome;
    const auto admission = co_await charge(world, asker, email, now);
    if (admission.blocked_until) {
        outcome.answer = Entered::wait;
        outcome.until = *admission.blocked_until;
        co_return outcome;
    }
    auto token = proof::fresh_token(world.random);
    const Fresh fresh{token.hash, fresh_code(world.random), world.random.id<AccountId>(now),
                      admission.may_tell_account};
    auto work = [&world, asker, email, hash, fresh, now](db::Tx& tx) {
        return write(tx, world, asker, email, hash, fresh, now);
    };
    const bool is_new = co_await world.database.transact(std::move(work));
    if (is_new) outcome.token.emplace(std::move(token));
    world.mail_is_waiting();
    co_return outcome;
}

Task<EnterOutcome> send_again(proof::World& world, proof::Asker asker, store::TokenHash secret)
{
    auto read = [&world, secret](db::Tx& tx) -> std::optional<Email> {
        const auto own = find(tx, world, secret, world.clock.now());
        return own ? std::optional(own->progress.email) : std::nullopt;
    };
    const auto email = co_await world.database.transact(std::move(read));
    EnterOutcome over;
    over.answer = Entered::over;
    if (!email) co_return over;
    std::optional<store::TokenHash> own = secret;
    co_return co_await enter_address(world, std::move(asker), *email, own);
}

}  // namespace sallyport::sign_up
