#include "slices/lock/begin_unlock.h"

#include "proof/asked_mails.h"
#include "proof/effects.h"
#include "proof/lock_codes.h"
#include "store/accounts.h"
#include "store/sealed_rows.h"

namespace sallyport::lock {

namespace {

namespace challenge = policy::challenge;

std::string fresh_code(ports::Random& random)
{
    constexpr std::uint32_t codes = 100'000'000;
    const std::string digits = std::to_string(random.below(codes));
    return std::string(static_cast<std::size_t>(code_limits.digits) - digits.size(), '0') + digits;
}

/// Whether there is a locked account; loads the same for all.
bool look_up(db::Tx& tx, const proof::World& world, Unlocking& row, std::optional<store::Account>& loaded,
             std::optional<store::CredentialSet>& credentials)
{
    const auto account = store::find_account(tx, row.email.key());
    if (!account) {
        store::CredentialSet::load_nothing(tx, row.account);
        store::load_no_account(tx, row.account);
        return false;
    }
    credentials = store::CredentialSet::load(tx, world.keys, *account);
    loaded = store::load_account(tx, world.keys, *account);
    if (credentials->state() != store::AccountState::locked) return false;
    row.account = *account;
    return true;
}

/// Owes the one mail, or does the same work for nobody.
void owe_mail(db::Tx& tx, const proof::World& world, Unlocking& row,
              const std::optional<store::Account>& loaded,
              const std::optional<store::CredentialSet>& credentials, const std::string& code, Instant now)
{
    row.code = code;
    const proof::MailFacts facts{{"code", code}};
    if (row.known) {
        proof::tell(tx, world, policy::notices::Kind::unlock_code, *loaded, *credentials, facts, now);
        return;
    }
    row.code.front() = '-';  // as long, and never right
    proof::add_no_lock_code(tx, world, now);
    store::put_no_mail(tx, world.keys,
                       {world.random.id<OutboxId>(now), row.account, "E8", row.email.address(), "en", facts},
                       now);
}

}  // namespace

Task<Begun> begin_unlock(proof::World& world, proof::Asker asker, Email email)
{
    const Instant now = world.clock.now();
    const auto no_mail_until = co_await proof::charge_asked_mail(world, std::move(asker), email, now);
    Begun begun{proof::fresh_token(world.random)};
    const std::string code = fresh_code(world.random);
    const auto nobody = world.random.id<AccountId>(now);
    auto work = [&world, &begun, email, code, nobody, no_mail_until, now](db::Tx& tx) {
        Unlocking row{.email = email, .account = nobody};
        row.begun = now;
        std::optional<store::Account> loaded;
        std::optional<store::CredentialSet> credentials;
        row.known = look_up(tx, world, row, loaded, credentials);
        row.no_mail_until = no_mail_until;
        if (!no_mail_until) {
            row.challenge = challenge::send_code(std::nullopt, {}, now, code_limits).challenge;
            owe_mail(tx, world, row, loaded, credentials, code, now);
        }
        save(tx, world, begun.token.hash, row);
    };
    co_await world.database.transact(std::move(work));
    world.mail_is_waiting();
    co_return begun;
}

Task<ResendOutcome> resend(proof::World& world, proof::Asker asker, store::TokenHash secret)
{
    const Instant now = world.clock.now();
    auto read = [&world, secret, now](db::Tx& tx) { return find(tx, world, secret, now); };
    const auto found = co_await world.database.transact(std::move(read));
    ResendOutcome outcome;
    if (!found) co_return outcome;
    std::optional<challenge::Challenge> before;
    if (found->challenge.sends > 0) before = found->challenge;
    const auto verdict = challenge::send_code(before, {}, now, code_limits);
    outcome.answer = Resent::wait;
    outcome.until = verdict.next_send_at;
    if (!verdict.send) co_return outcome;
    const auto blocked_until = co_await proof::charge_asked_mail(world, std::move(asker), found->email, now);
    outcome.until = blocked_until.value_or(now);
    if (blocked_until) co_return outcome;
    const std::string code = fresh_code(world.random);
    auto work = [&world, secret, challenge = verdict.challenge, code, now](db::Tx& tx) {
        auto row = find(tx, world, secret, now);
        if (!row) return;
        std::optional<store::Account> loaded;
        std::optional<store::CredentialSet> credentials;
        row->known = look_up(tx, world, *row, loaded, credentials);
        row->challenge = challenge;
        row->no_mail_until.reset();
        owe_mail(tx, world, *row, loaded, credentials, code, now);
        // The one before has lived: this one's tries are its own. Saving keeps the row's count.
        if (challenge.sends == 1) store::take_mailed_code(tx, secret, row_purpose);
        save(tx, world, secret, *row);
    };
    co_await world.database.transact(std::move(work));
    world.mail_is_waiting();
    outcome.answer = Resent::sent;
    co_return outcome;
}

}  // namespace sallyport::lock
