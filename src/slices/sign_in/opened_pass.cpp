#include "slices/sign_in/opened_pass.h"

#include "base/record.h"
#include "base/text.h"
#include "policy/throttle.h"
#include "proof/effects.h"
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

/// What stands in the row, before a try is charged.
std::optional<Pass> read_pass(db::Tx& tx, const proof::World& world, const store::TokenHash& pass)
{
    const auto row = store::find_mailed_code(tx, world.keys, pass, purpose, world.clock.now());
    return row ? std::optional(pass_of(row->content)) : std::nullopt;
}

/// Whether a code for this address was mailed to this browser and still waits. Then another mail keeps its
/// count of tries; a pass that is spent, or of another address, is over, and the next one begins anew.
bool waits_for_code(db::Tx& tx, const proof::World& world, const std::optional<store::TokenHash>& pass,
                    const std::string& owner_key, Instant now)
{
    const auto row = store::find_mailed_code(tx, world.keys, pass.value_or(store::TokenHash{}), purpose, now);
    if (!row) return false;
    const Pass found = pass_of(row->content);
    return !found.opened && found.owner_key == owner_key;
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
    store::put_no_mail(tx, world.keys,
                       {world.random.id<OutboxId>(now), nobody, "E2", email.address(), "en", facts}, now);
}

}  // namespace

bool opened_pass(db::Tx& tx, const proof::World& world, const std::optional<store::TokenHash>& pass,
                 const std::string& owner_key, Instant now)
{
    const auto row = store::find_mailed_code(tx, world.keys, pass.value_or(store::TokenHash{}), purpose, now);
    if (!row) return false;
    const Pass found = pass_of(row->content);
    return found.opened && found.owner_key == owner_key;
}

Task<PassOutcome> ask_for_pass(proof::World& world, proof::Asker asker, Email email,
                               std::optional<store::TokenHash> pass)
{
    const Instant now = world.clock.now();
    const store::BudgetKey key{store::BudgetKind::mail_address,
                               world.keys.index.of("mails", email.key() + " " + asker.network)};
    const auto charged =
        co_await store::charge_mail(world.database, key, world.throttle.mails_max,
                                    world.throttle.mails_window, world.throttle.mail_gap, now);
    PassOutcome outcome;
    if (!charged) {
        outcome.answer = PassAsked::wait;
        const std::vector<store::BudgetKey> keys{key};
        const auto used = co_await store::read_budgets(world.database, keys);
        const bool full = used[0].charged >= world.throttle.mails_max;
        outcome.until = full ? std::max(used[0].next_at, used[0].window_ends_at) : used[0].next_at;
        co_return outcome;
    }
    outcome.token.emplace(proof::fresh_token(world.random));
    const store::TokenHash fresh_hash = outcome.token->hash;
    const AccountId nobody = world.random.id<AccountId>(now);
    const Pass fresh{email.key(), fresh_code(world.random), now, false};
    const Instant until = now + world.throttle.pass_life;
    auto work = [&world, email, pass, fresh_hash, nobody, fresh, until, now](db::Tx& tx) {
        const bool resent = waits_for_code(tx, world, pass, email.key(), now);
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
    auto read = [&world, pass](db::Tx& tx) { return read_pass(tx, world, pass); };
    const auto found = co_await world.database.transact(std::move(read));
    if (!found || found->opened) co_return PassCode::expired;
    // The try is counted before the code is looked at.
    const bool counted = co_await store::charge_mailed_code(world.database, pass, std::string(purpose),
                                                            world.throttle.pass_code_tries_max);
    if (!counted) co_return PassCode::spent;
    const auto digits = typed_digits(typed);
    if (!digits || !equal_constant_time(as_bytes(*digits), as_bytes(found->code))) co_return PassCode::wrong;
    const Instant now = world.clock.now();
    const auto key = opened_key(world, found->owner_key);
    const auto opened =
        co_await store::charge_in_window(world.database, key, world.throttle.passes_a_day_max, day, now);
    if (!opened) co_return PassCode::spent;
    const Pass open{found->owner_key, {}, found->sent_at, true};
    auto work = [&world, pass, open, now](db::Tx& tx) {
        store::put_mailed_code(tx, world.keys, pass, purpose, record_of(open),
                               now + world.throttle.pass_life);
    };
    co_await world.database.transact(std::move(work));
    co_return PassCode::opened;
}

}  // namespace sallyport::sign_in
