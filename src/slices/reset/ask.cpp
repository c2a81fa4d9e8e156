#include "slices/reset/ask.h"

#include "proof/asked_mails.h"
#include "proof/effects.h"
#include "store/accounts.h"

namespace sallyport::reset {

namespace {

namespace challenge = policy::challenge;
using policy::notices::Kind;

/// What this browser's row says about asking for a code now.
struct Ground {
    bool resumed = false;
    challenge::SendVerdict verdict;
};

/// Days are counted by the store (charge_mail), not by the row.
Ground judge(const std::optional<Found>& own, const Email& email, Instant now)
{
    const bool same =
        own && own->progress.email == email && own->progress.stage != policy::reset::Stage::done;
    if (!same) return {false, challenge::send_code(std::nullopt, {}, now, code_limits)};
    if (own->progress.stage != policy::reset::Stage::code) return {true, {}};
    return {false, challenge::send_code(own->progress.challenge, {}, now, code_limits)};
}

struct Fresh {
    store::TokenHash token;
    std::string code;
    AccountId nobody;
};

/// Owes the one mail. Every way runs the same number of statements. What it finds goes into `progress`.
void owe_mail(db::Tx& tx, const proof::World& world, const proof::Asker& asker, Purpose purpose,
              Progress& progress, Instant now)
{
    const auto account = store::find_account(tx, progress.email.key());
    if (!account) {
        store::CredentialSet::load_nothing(tx, progress.account);
        store::load_no_account(tx, progress.account);
        proof::tell_address(tx, world, Kind::no_account, progress.email, asker.language, {}, now);
        progress.code.front() = '-';  // as long, and never right
        return;
    }
    const auto credentials = store::CredentialSet::load(tx, world.keys, *account);
    const auto loaded = store::load_account(tx, world.keys, *account);
    progress.account = *account;
    progress.password_at = credentials.password_changed_at();
    if (state_for(purpose, credentials) != policy::sign_in::AccountState::active) {
        progress.code.front() = '-';
        proof::tell(tx, world, Kind::reset_locked, loaded, credentials, {}, now);
        return;
    }
    const Kind kind = purpose == Purpose::reset ? Kind::reset_code : Kind::recovery_code_mailed;
    proof::tell(tx, world, kind, loaded, credentials, {{"code", progress.code}}, now);
}

/// What the transaction did: whether the row is a new one, whose cookie must be set.
bool write(db::Tx& tx, const proof::World& world, const proof::Asker& asker, Purpose purpose,
           const Email& email, const store::TokenHash& secret, const Fresh& fresh, Instant now)
{
    auto own = find(tx, world, purpose, secret, now);
    const Ground ground = judge(own, email, now);
    if (ground.resumed || !ground.verdict.send) return false;  // a parallel request was quicker
    const bool resent = ground.verdict.challenge.sends > 1;
    Progress progress{.email = email, .account = fresh.nobody};
    progress.begun = resent ? own->progress.begun : now;
    progress.challenge = ground.verdict.challenge;
    progress.code = fresh.code;
    owe_mail(tx, world, asker, purpose, progress, now);
    if (own && !resent) end(tx, *own);
    save(tx, world, {purpose, resent ? secret : fresh.token, std::move(progress)});
    return !resent;
}

}  // namespace

Task<AskOutcome> ask(proof::World& world, proof::Asker asker, Purpose purpose, Email email,
                     std::optional<store::TokenHash> secret)
{
    const Instant now = world.clock.now();
    const store::TokenHash hash = secret.value_or(store::TokenHash{});
    auto read = [&world, purpose, hash, email, now](db::Tx& tx) {
        return judge(find(tx, world, purpose, hash, now), email, now);
    };
    const auto ground = co_await world.database.transact(std::move(read));
    AskOutcome outcome;
    if (ground.resumed) outcome.answer = Asked::resumed;
    if (ground.resumed || !ground.verdict.send) co_return outcome;
    const auto blocked_until = co_await proof::charge_asked_mail(world, asker, email, now);
    if (blocked_until) {
        outcome.answer = Asked::wait;
        outcome.until = *blocked_until;
        co_return outcome;
    }
    auto token = proof::fresh_token(world.random);
    const Fresh fresh{token.hash, fresh_code(world.random), world.random.id<AccountId>(now)};
    auto work = [&world, asker, purpose, email, hash, fresh, now](db::Tx& tx) {
        return write(tx, world, asker, purpose, email, hash, fresh, now);
    };
    const bool is_new = co_await world.database.transact(std::move(work));
    if (is_new) outcome.token.emplace(std::move(token));
    world.mail_is_waiting();
    co_return outcome;
}

Task<AskOutcome> ask_again(proof::World& world, proof::Asker asker, Purpose purpose, store::TokenHash secret)
{
    const auto found = co_await read_progress(world, purpose, secret);
    AskOutcome over;
    over.answer = Asked::over;
    if (!found) co_return over;
    const Email email = found->progress.email;
    const std::optional<store::TokenHash> own = secret;
    co_return co_await ask(world, std::move(asker), purpose, email, own);
}

}  // namespace sallyport::reset
