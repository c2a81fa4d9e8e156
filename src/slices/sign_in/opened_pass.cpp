#include "slices/sign_in/opened_pass.h"

#include "base/record.h"
#include "base/text.h"
#include "policy/throttle.h"
#include "proof/effects.h"
#include "proof/lock_codes.h"
#include "store/accounts.h"
#include "store/budgets.h"
#include "store/sealed_rows.h"

#include <algorithm>

namespace sallyport::sign_in {

namespace {

namespace throttle = policy::throttle;

constexpr std::string_view purpose = "sign_in_pass";
constexpr std::uint32_t codes = 100'000'000;  // 8 digits
constexpr std::size_t code_digits = 8;
constexpr Duration day = std::chrono::hours{24};

struct Pass {
    std::string owner_key;
    std::string code;
    Instant sent_at;
    bool opened = false;
    std::int64_t code_tries = 0;  // counted beside the record
};

Secret record_of(const Pass& pass)
{
    return RecordWriter("pass.1")
        .text(pass.owner_key)
        .text(pass.code)
        .time(pass.sent_at)
        .flag(pass.opened)
        .take_secret();
}

Pass pass_of(const Secret& content)
{
    RecordReader reader(content.reveal(), "pass.1");
    Pass pass;
    pass.owner_key = reader.text();
    pass.code = reader.text();
    pass.sent_at = reader.time();
    pass.opened = reader.flag();
    return pass;
}

std::string fresh_code(ports::Random& random)
{
    std::string digits = std::to_string(random.below(codes));
    return std::string(code_digits - digits.size(), '0') + digits;
}

store::BudgetKey opened_key(const proof::World& world, const std::string& owner_key)
{
    return {store::BudgetKind::passes_opened, world.keys.index.of("tries", owner_key)};
}

/// The row of the browser's cookie: one statement, whatever there is.
std::optional<Pass> read_pass(db::Tx& tx, const proof::World& world,
                              const std::optional<store::TokenHash>& pass, Instant now)
{
    const auto row = store::find_mailed_code(tx, world.keys, pass.value_or(store::TokenHash{}), purpose, now);
    if (!row) return std::nullopt;
    Pass found = pass_of(row->content);
    found.code_tries = row->tries;
    return found;
}

/// A pass is found by the cookie of the browser that asked for it: no other has it.
throttle::PassFacts facts_of(const Pass& pass, std::int64_t opened_today)
{
    return {pass.sent_at, pass.code_tries, true, pass.opened, opened_today};
}

/// A pass for this address that this browser has asked for already.
std::optional<throttle::PassFacts> asked_before(db::Tx& tx, const proof::World& world,
                                                const std::optional<store::TokenHash>& pass,
                                                const Email& email, Instant now)
{
    const auto found = read_pass(tx, world, pass, now);
    if (!found || found->owner_key != email.key()) return std::nullopt;
    return facts_of(*found, 0);
}

/// Whether its code may still be tried: then another mail keeps its count of tries, else a new one begins.
bool waits_for_code(const std::optional<throttle::PassFacts>& before, const proof::World& world, Instant now)
{
    return before && throttle::judge_pass(*before, false, now, world.throttle) == throttle::PassAnswer::wrong;
}

/// The mail to the account, or the same statements for an address that nobody has.
void send(db::Tx& tx, const proof::World& world, const Email& email, const AccountId& nobody,
          const proof::MailFacts& facts, Instant now)
{
    if (const auto account = store::find_account(tx, email.key())) {
        const auto credentials = store::CredentialSet::load(tx, world.keys, *account);
        const auto loaded = store::load_account(tx, world.keys, *account);
        proof::tell(tx, world, policy::notices::Kind::sign_in_pass, loaded, credentials, facts, now);
        return;
    }
    store::CredentialSet::load_nothing(tx, nobody);
    store::load_no_account(tx, nobody);
    proof::add_no_lock_code(tx, world, now);
    store::put_no_mail(tx, world.keys,
                       {world.random.id<OutboxId>(now), nobody, "E2", email.address(), "en", facts}, now);
}

PassCode answer_of(throttle::PassAnswer answer)
{
    switch (answer) {
    case throttle::PassAnswer::opens: return PassCode::opened;
    case throttle::PassAnswer::wrong: return PassCode::wrong;
    case throttle::PassAnswer::spent:
    case throttle::PassAnswer::too_many_today: return PassCode::spent;
    case throttle::PassAnswer::other_browser:
    case throttle::PassAnswer::used:
    case throttle::PassAnswer::expired: break;
    }
    return PassCode::expired;
}

}  // namespace

bool opened_pass(db::Tx& tx, const proof::World& world, const std::optional<store::TokenHash>& pass,
                 const std::string& owner_key, Instant now)
{
    const auto found = read_pass(tx, world, pass, now);
    return found && found->opened && found->owner_key == owner_key;
}

Task<PassOutcome> ask_for_pass(proof::World& world, proof::Asker asker, Email email,
                               std::optional<store::TokenHash> pass)
{
    const Instant now = world.clock.now();
    PassOutcome outcome;
    auto read = [&world, email, pass, now](db::Tx& tx) { return asked_before(tx, world, pass, email, now); };
    const auto before = co_await world.database.transact(std::move(read));
    const auto blocked =
        before ? throttle::pass_blocks_mail_until(*before, now, world.throttle) : std::nullopt;
    if (blocked) {
        outcome.answer = PassAsked::wait;
        outcome.until = *blocked;
        co_return outcome;
    }
    const store::BudgetKey key{store::BudgetKind::mail_address,
                               world.keys.index.of("mails", email.key() + " " + asker.network)};
    const auto charged =
        co_await store::charge_mail(world.database, key, world.throttle.mails_max,
                                    world.throttle.mails_window, world.throttle.mail_gap, now);
    if (!charged) {
        outcome.answer = PassAsked::wait;
        const std::vector<store::BudgetKey> keys{key};
        const auto used = co_await store::read_budgets(world.database, keys);
        outcome.until =
            throttle::next_mail_at(store::mails_of(used[0], world.throttle.mail_gap), now, world.throttle);
        co_return outcome;
    }
    outcome.token.emplace(proof::fresh_token(world.random));
    const store::TokenHash fresh_hash = outcome.token->hash;
    const AccountId nobody = world.random.id<AccountId>(now);
    const Pass fresh{email.key(), fresh_code(world.random), now, false};
    const Instant until = now + world.throttle.pass_life;
    auto work = [&world, email, pass, fresh_hash, nobody, fresh, until, now](db::Tx& tx) {
        const bool resent = waits_for_code(asked_before(tx, world, pass, email, now), world, now);
        const store::TokenHash hash = resent ? *pass : fresh_hash;
        store::put_mailed_code(tx, world.keys, hash, purpose, record_of(fresh), until);
        send(tx, world, email, nobody, {{"code", fresh.code}, {"until", std::to_string(to_unix_ms(until))}},
             now);
        return resent;
    };
    const bool resent = co_await world.database.transact(std::move(work));
    if (resent) outcome.token.reset();
    world.mail_is_waiting();
    co_return outcome;
}

Task<PassCode> open_pass(proof::World& world, store::TokenHash pass, std::string typed)
{
    const Instant now = world.clock.now();
    const std::optional<store::TokenHash> own = pass;
    auto read = [&world, own, now](db::Tx& tx) { return read_pass(tx, world, own, now); };
    const auto found = co_await world.database.transact(std::move(read));
    if (!found) co_return PassCode::expired;
    const auto before = throttle::judge_pass(facts_of(*found, 0), false, now, world.throttle);
    if (before != throttle::PassAnswer::wrong) co_return answer_of(before);
    // The try is counted before the code is looked at.
    const bool counted = co_await store::charge_mailed_code(world.database, pass, std::string(purpose),
                                                            world.throttle.pass_code_tries_max);
    if (!counted) co_return PassCode::spent;
    const auto digits = typed_digits(typed);
    wipe_text(typed);
    if (!digits || !equal_constant_time(as_bytes(*digits), as_bytes(found->code))) co_return PassCode::wrong;
    const auto key = opened_key(world, found->owner_key);
    const std::int64_t a_day = world.throttle.passes_a_day_max;
    const auto opened = co_await store::charge_in_window(world.database, key, a_day, day, now);
    const std::int64_t opened_today = opened ? opened->charged - 1 : a_day;
    const auto verdict = throttle::judge_pass(facts_of(*found, opened_today), true, now, world.throttle);
    if (verdict != throttle::PassAnswer::opens) co_return answer_of(verdict);
    const Pass open{found->owner_key, {}, found->sent_at, true};
    auto work = [&world, pass, open, now](db::Tx& tx) {
        store::put_mailed_code(tx, world.keys, pass, purpose, record_of(open),
                               now + world.throttle.pass_life);
    };
    co_await world.database.transact(std::move(work));
    co_return PassCode::opened;
}

}  // namespace sallyport::sign_in
