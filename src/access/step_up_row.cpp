#include "access/step_up_row.h"

#include "base/phone_number.h"
#include "crypto/hash.h"
#include "policy/profile.h"
#include "store/sealed_rows.h"

#include <algorithm>

namespace sallyport::access {

namespace step_up = policy::step_up;
using policy::Method;

namespace {

constexpr std::string_view password_row = "step-up.password";

Bytes digest_of(const Summary& summary)
{
    RecordWriter writer("summary.1");
    writer.text(summary.headline).number(static_cast<std::int64_t>(summary.facts.size()));
    for (const auto& [label, value] : summary.facts) writer.text(label).text(value);
    for (const std::string& line : summary.consequences) writer.text(line);
    const auto digest = crypto::sha256(writer.take());
    return {digest.begin(), digest.end()};
}

/// In the order in which they were proven, as sign-in has them.
std::vector<store::Phone> phones_of(const store::CredentialSet& credentials)
{
    auto phones = credentials.phones();
    std::ranges::sort(phones, {}, &store::Phone::proven_at);
    return phones;
}

std::string masked(const std::string& target, Method method)
{
    if (method == Method::email_code) return Email::parse(target)->masked();
    const auto number = PhoneNumber::from_e164(target);
    return number ? number->masked() : "•••";
}

/// The codes that may follow the password, those first that say something of the person.
void add_codes(db::Tx& tx, const proof::World& world, const SignedIn& who, const StepUpId& id,
               const StepUpRow& row, const store::CredentialSet& credentials, Instant now, Offers& offers)
{
    policy::Methods held;
    if (credentials.email_codes_since()) held.add(Method::email_code);
    if (!credentials.phones().empty()) held.add(Method::sms_code);
    const auto kit = credentials.kit();
    if (kit && !kit->codes.empty()) held.add(Method::recovery_code);
    for (const Method method : policy::profile::chooser(held, {}, world.methods)) {
        if (method == Method::recovery_code) {
            offers.recovery_code = true;
            continue;
        }
        const auto sent = proof::read_code(tx, world, code_place(row, who, id, method), now);
        for (std::size_t n = 0;; ++n) {
            const auto to = target_of(credentials, method, n);
            if (!to) break;
            CodeWay way{method, n, masked(*to, method)};
            if (method == Method::sms_code) way.reach = proof::reach_of(world, *to);
            if (sent && sent->to == *to) {
                way.sent = sent->challenge;
                way.called = sent->called;
            }
            offers.ways.push_back(std::move(way));
        }
    }
}

}  // namespace

Secret record_of(const StepUpRequest& request, const SessionId& session, Instant now)
{
    RecordWriter writer("step-up.3");
    writer.text(request.purpose).number(static_cast<std::int64_t>(request.deed));
    writer.bytes(session.value()).time(now).bytes(digest_of(request.summary));
    writer.text(request.summary.headline).number(static_cast<std::int64_t>(request.summary.facts.size()));
    for (const auto& [label, value] : request.summary.facts) writer.text(label).text(value);
    writer.number(static_cast<std::int64_t>(request.summary.consequences.size()));
    for (const std::string& line : request.summary.consequences) writer.text(line);
    writer.text(request.confirm_path).text(request.back_path).bytes(request.payload.reveal());
    writer.text(request.restart.path).number(static_cast<std::int64_t>(request.restart.fields.size()));
    for (const auto& [name, value] : request.restart.fields) writer.text(name).text(value);
    return writer.take_secret();
}

StepUpRow row_of(const Secret& content)
{
    RecordReader reader(content.reveal(), "step-up.3");
    std::string purpose = reader.text();
    const auto deed = static_cast<step_up::Deed>(reader.number());
    const auto session = SessionId::from_bytes(reader.bytes());
    CHECK(session.has_value());
    const Instant asked_at = reader.time();
    StepUpRow row{std::move(purpose), deed, *session, asked_at, {}, reader.bytes(), {}, {}, {}, {}};
    row.summary.headline = reader.text();
    for (std::int64_t left = reader.number(); left > 0; --left) {
        std::string label = reader.text();
        row.summary.facts.emplace_back(std::move(label), reader.text());
    }
    for (std::int64_t left = reader.number(); left > 0; --left)
        row.summary.consequences.push_back(reader.text());
    row.confirm_path = reader.text();
    row.back_path = reader.text();
    row.payload = reader.secret();
    row.restart.path = reader.text();
    for (std::int64_t left = reader.number(); left > 0; --left) {
        std::string name = reader.text();
        row.restart.fields.emplace_back(std::move(name), reader.text());
    }
    reader.end();
    return row;
}

step_up::Facts facts_of(const StepUpRow& row, const SignedIn& who, const std::optional<std::string>& purpose)
{
    step_up::Facts facts;
    facts.same_account = true;  // the row is found by its account, and its seal is bound to it
    facts.same_session = row.session == who.session.id;
    facts.same_purpose = !purpose || row.purpose == *purpose;
    facts.same_summary = equal_constant_time(row.summary_digest, digest_of(row.summary));
    facts.asked_at = row.asked_at;
    facts.deed = row.deed;
    return facts;
}

std::optional<StepUpRow> live_row(db::Tx& tx, const proof::World& world, const SignedIn& who,
                                  const StepUpId& id, const std::optional<std::string>& purpose, Instant now)
{
    const auto content = store::find_step_up(tx, world.keys, id, who.session.account, now);
    if (!content) return std::nullopt;
    StepUpRow row = row_of(*content);
    const auto verdict = step_up::may_prove(facts_of(row, who, purpose), now, world.step_up);
    return verdict == step_up::Verdict::right ? std::optional<StepUpRow>(std::move(row)) : std::nullopt;
}

bool holds_weak_second(const store::CredentialSet& credentials)
{
    return credentials.email_codes_since().has_value() || !credentials.phones().empty();
}

namespace {

policy::Methods held_by(const store::CredentialSet& credentials)
{
    const auto passkeys = credentials.passkey_counts();
    const auto kit = credentials.kit();
    policy::Methods held;
    const auto add = [&held](Method method, bool is_held) {
        if (is_held) held.add(method);
    };
    add(Method::password, credentials.password().has_value());
    add(Method::totp, credentials.totp_app_count() > 0);
    add(Method::passkey, passkeys.synced > 0);
    add(Method::bound_passkey, passkeys.bound > 0);
    add(Method::touched_key, passkeys.touched > 0);
    add(Method::email_code, credentials.email_codes_since().has_value());
    add(Method::sms_code, !credentials.phones().empty());
    add(Method::recovery_code, kit && !kit->codes.empty());
    return held;
}

}  // namespace

Offers offers_of(db::Tx& tx, const proof::World& world, const SignedIn& who, const StepUpId& id,
                 const StepUpRow& row, const store::CredentialSet& credentials, Instant now)
{
    const auto ways = step_up::ways(held_by(credentials), proof::highest_level_of(credentials), row.deed);
    Offers offers;
    offers.passkey = ways.passkey;
    offers.app_code = ways.app_code;
    offers.key_besides = ways.key_after_password;
    if (offers.key_besides) offers.password_proven = is_password_proven(tx, world, who, id, row, now);
    switch (ways.weak) {
    case step_up::WeakProof::none: return offers;
    case step_up::WeakProof::password: offers.password = true; return offers;
    case step_up::WeakProof::password_and_code: break;
    }
    offers.code_besides = true;
    offers.password_proven = is_password_proven(tx, world, who, id, row, now);
    add_codes(tx, world, who, id, row, credentials, now, offers);
    return offers;
}

Bytes bound_to(const StepUpRow& row, const SignedIn& who, const StepUpId& id)
{
    return RecordWriter("step-up.challenge.1")
        .text(row.purpose)
        .bytes(who.session.account.value())
        .bytes(who.session.id.value())
        .bytes(id.value())
        .bytes(row.summary_digest)
        .take();
}

proof::CodePlace code_place(const StepUpRow& row, const SignedIn& who, const StepUpId& id, Method method)
{
    using policy::challenge::Channel;
    return {who.session.account, crypto::sha256(bound_to(row, who, id)), policy::challenge::Purpose::step_up,
            method == Method::email_code ? Channel::email : Channel::text};
}

std::optional<std::string> target_of(const store::CredentialSet& credentials, Method method,
                                     std::size_t target)
{
    if (method == Method::email_code)
        return target == 0 && credentials.email_codes_since()
                   ? std::optional(credentials.primary_address().address())
                   : std::nullopt;
    if (method != Method::sms_code) return std::nullopt;
    const auto phones = phones_of(credentials);
    return target < phones.size() ? std::optional(phones[target].number) : std::nullopt;
}

void note_password(db::Tx& tx, const proof::World& world, const SignedIn& who, const StepUpId& id,
                   const StepUpRow& row)
{
    const auto content = RecordWriter("step-up.password.1").bytes(id.value()).take_secret();
    store::put_mailed_code(tx, world.keys, crypto::sha256(bound_to(row, who, id)), password_row, content,
                           row.asked_at + world.step_up.life);
}

bool is_password_proven(db::Tx& tx, const proof::World& world, const SignedIn& who, const StepUpId& id,
                        const StepUpRow& row, Instant now)
{
    const auto found =
        store::find_mailed_code(tx, world.keys, crypto::sha256(bound_to(row, who, id)), password_row, now);
    return found.has_value();
}

}  // namespace sallyport::access
