#include "slices/sign_up/notice_address.h"

#include "base/record.h"
#include "base/text.h"
#include "policy/level.h"
#include "proof/effects.h"
#include "proof/mailboxes.h"
#include "proof/open_session.h"
#include "slices/sign_up/progress.h"
#include "store/accounts.h"
#include "store/budgets.h"
#include "store/credentials.h"
#include "store/sealed_rows.h"

#include <algorithm>

namespace sallyport::sign_up {

namespace {

namespace rules = policy::sign_up;

constexpr std::string_view purpose = "notice_address";

struct Asked {
    Email address;
    rules::Challenge challenge;
    std::string code;
    AccountId account;
};

Secret record_of(const Asked& asked)
{
    RecordWriter writer("notice-address.1");
    writer.text(asked.address.address()).time(asked.challenge.sent_at).number(asked.challenge.sends);
    return writer.text(asked.code).bytes(asked.account.bytes()).take_secret();
}

std::optional<Asked> find_asked(db::Tx& tx, const proof::World& world, const NoticeOwner& owner, Instant now)
{
    const auto row = store::find_mailed_code(tx, world.keys, owner.session, purpose, now);
    if (!row) return std::nullopt;
    RecordReader reader(row->content.reveal(), "notice-address.1");
    const auto address = Email::parse(reader.text());
    rules::Challenge challenge;
    challenge.sent_at = reader.time();
    challenge.sends = reader.number();
    challenge.tries = row->tries;
    std::string code = reader.text();
    const auto account = AccountId::from_bytes(reader.bytes());
    if (!address || !account || *account != owner.account) return std::nullopt;
    return Asked{*address, challenge, std::move(code), *account};
}

rules::NoticeVerdict judge(db::Tx& tx, const proof::World& world, const store::CredentialSet& credentials,
                           const NoticeOwner& owner, const Email& address, Instant now)
{
    const Email primary = credentials.primary_address();
    rules::NoticeFacts facts;
    facts.may_change_settings =
        policy::may(owner.level, policy::Deed::change_security_setting, proof::highest_level_of(credentials));
    facts.has_one = std::ranges::any_of(credentials.channels(),
                                        [](const auto& c) { return c.role == store::ChannelRole::notice; });
    facts.same_address = primary == address;
    facts.same_provider = proof::mailbox_of(primary) == proof::mailbox_of(address);
    facts.account_created = store::load_account(tx, world.keys, owner.account).created_at;
    return rules::judge_notice_address(facts, now, limits);
}

/// What is to be mailed, judged by what stands in the row.
struct Ground {
    std::optional<Email> address;
    rules::SendVerdict verdict;
};

Ground read_ground(db::Tx& tx, const proof::World& world, const NoticeOwner& owner,
                   const std::optional<Email>& address, Instant now)
{
    const auto before = find_asked(tx, world, owner, now);
    Ground ground;
    ground.address = address ? address : (before ? std::optional(before->address) : std::nullopt);
    // One challenge a session: another address is no way to more tries.
    ground.verdict = rules::send_code(before ? std::optional(before->challenge) : std::nullopt, now, limits);
    return ground;
}

/// The channel, in one transaction with its use. False where the code is used up meanwhile.
bool add(db::Tx& tx, const proof::World& world, const proof::Asker& asker, const NoticeOwner& owner,
         const std::string& digits, ChannelId id)
{
    const Instant now = world.clock.now();
    const auto asked = find_asked(tx, world, owner, now);
    if (!asked || asked->code != digits || !store::take_mailed_code(tx, owner.session, purpose)) return false;
    auto credentials = store::CredentialSet::load(tx, world.keys, owner.account);
    if (judge(tx, world, credentials, owner, asked->address, now).refusal) return false;
    credentials.add_channel({id, store::ChannelRole::notice, asked->address, now});
    credentials.save(tx, world.keys, now);
    proof::note(tx, world, owner.account, "notice_address_added", asker, now);
    const auto account = store::load_account(tx, world.keys, owner.account);
    auto facts = proof::facts_of(asker, now);
    facts.emplace_back("name", asked->address.masked());
    proof::tell(tx, world, policy::notices::Kind::notice_address_added, account, credentials, facts, now);
    return true;
}

}  // namespace

Task<rules::NoticeVerdict> judge_notice_address(proof::World& world, NoticeOwner owner, Email address)
{
    auto work = [&world, owner, address](db::Tx& tx) {
        const auto credentials = store::CredentialSet::load(tx, world.keys, owner.account);
        return judge(tx, world, credentials, owner, address, world.clock.now());
    };
    co_return co_await world.database.transact(std::move(work));
}

Task<NoticeAsked> mail_notice_code(proof::World& world, proof::Asker asker, NoticeOwner owner,
                                   std::optional<Email> address)
{
    const Instant now = world.clock.now();
    auto read = [&world, owner, address, now](db::Tx& tx) {
        return read_ground(tx, world, owner, address, now);
    };
    const auto ground = co_await world.database.transact(std::move(read));
    if (!ground.address) co_return NoticeAsked{false, now};
    if (!ground.verdict.send) co_return NoticeAsked{false, ground.verdict.next_send_at};
    const auto& mails = world.throttle;
    const store::BudgetKey key{store::BudgetKind::mail_address,
                               world.keys.index.of("mails", ground.address->key() + " " + asker.network)};
    const auto charged = co_await store::charge_mail(world.database, key, mails.mails_max, mails.mails_window,
                                                     mails.mail_gap, now);
    if (!charged) {
        const std::vector<store::BudgetKey> keys{key};
        const auto used = co_await store::read_budgets(world.database, keys);
        const auto sent = store::mails_of(used[0], mails.mail_gap);
        co_return NoticeAsked{false, policy::throttle::next_mail_at(sent, now, mails)};
    }
    const Asked asked{*ground.address, ground.verdict.challenge, fresh_code(world.random), owner.account};
    auto work = [&world, asker, owner, asked, now](db::Tx& tx) {
        // A new challenge begins with all its tries; a new code within one keeps what was used.
        if (asked.challenge.sends == 1) store::take_mailed_code(tx, owner.session, purpose);
        store::put_mailed_code(tx, world.keys, owner.session, purpose, record_of(asked),
                               now + limits.row_life);
        const proof::MailFacts facts{{"code", asked.code},
                                     {"until", std::to_string(to_unix_ms(now + limits.code_life))},
                                     {"purpose", std::string(purpose)}};
        proof::tell_address(tx, world, policy::notices::Kind::confirm_address, asked.address, asker.language,
                            facts, now);
    };
    co_await world.database.transact(std::move(work));
    world.mail_is_waiting();
    co_return NoticeAsked{true, now};
}

Task<std::optional<NoticeCode>> read_notice_code(proof::World& world, NoticeOwner owner)
{
    auto work = [&world, owner](db::Tx& tx) -> std::optional<NoticeCode> {
        const auto asked = find_asked(tx, world, owner, world.clock.now());
        if (!asked) return std::nullopt;
        return NoticeCode{asked->address, asked->challenge};
    };
    co_return co_await world.database.transact(std::move(work));
}

Task<NoticeOutcome> prove_notice_address(proof::World& world, proof::Asker asker, NoticeOwner owner,
                                         std::string typed)
{
    const auto digits = typed_digits(typed);
    wipe_text(typed);
    const Instant now = world.clock.now();
    auto read = [&world, owner, now](db::Tx& tx) { return find_asked(tx, world, owner, now); };
    const auto asked = co_await world.database.transact(std::move(read));
    if (!asked) co_return NoticeOutcome{};
    const auto answer = rules::judge_code(asked->challenge, false, now, limits);
    if (answer != rules::CodeAnswer::wrong) co_return NoticeOutcome{NoticeProven::dead, 0};
    const std::int64_t left = rules::tries_left(asked->challenge, limits);
    if (!digits || digits->size() != code_digits) co_return NoticeOutcome{NoticeProven::malformed, left};
    std::string name(purpose);
    const bool charged = co_await store::charge_mailed_code(world.database, owner.session, std::move(name),
                                                            limits.code_tries_max);
    if (!charged) co_return NoticeOutcome{NoticeProven::dead, 0};
    if (!equal_constant_time(as_bytes(*digits), as_bytes(asked->code)))
        co_return NoticeOutcome{NoticeProven::wrong, left - 1};
    const auto id = world.random.id<ChannelId>(now);
    auto work = [&world, asker, owner, digits, id](db::Tx& tx) {
        return add(tx, world, asker, owner, *digits, id);
    };
    const bool added = co_await world.database.transact(std::move(work));
    if (added) world.mail_is_waiting();
    co_return NoticeOutcome{added ? NoticeProven::added : NoticeProven::over, left - 1};
}

}  // namespace sallyport::sign_up
