#include "slices/lock/unlocking.h"

#include "base/record.h"
#include "proof/passkey_makers.h"
#include "store/sealed_rows.h"

#include <algorithm>

namespace sallyport::lock {

namespace {

constexpr std::string_view shape = "unlock.1";

Secret record_of(const Unlocking& row)
{
    RecordWriter writer(shape);
    writer.text(row.email.address()).bytes(row.account.value()).flag(row.known).time(row.begun);
    writer.time(row.challenge.sent_at).number(row.challenge.sends).text(row.code);
    writer.flag(row.mailed).flag(row.has_pass).number(static_cast<std::int64_t>(row.factors.size()));
    for (const Factor& one : row.factors)
        writer.number(static_cast<std::int64_t>(one.method)).bytes(one.id.value());
    for (const auto& until : {row.no_mail_until, row.case_until})
        writer.flag(until.has_value()).time(until.value_or(Instant{}));
    return writer.take_secret();
}

Unlocking row_of(const store::MailedCode& stored)
{
    RecordReader reader(stored.content.reveal(), shape);
    const auto email = Email::parse(reader.text());
    const auto account = AccountId::from_bytes(reader.bytes());
    CHECK(email && account);
    Unlocking row{.email = *email, .account = *account};
    row.known = reader.flag();
    row.begun = reader.time();
    row.challenge.sent_at = reader.time();
    row.challenge.sends = reader.number();
    row.challenge.tries = stored.tries;
    row.code = reader.text();
    row.mailed = reader.flag();
    row.has_pass = reader.flag();
    for (std::int64_t left = reader.number(); left > 0; --left) {
        const auto method = static_cast<policy::Method>(reader.number());
        const auto id = FactorId::from_bytes(reader.bytes());
        CHECK(id.has_value());
        row.factors.push_back({method, *id});
    }
    for (auto* const until : {&row.no_mail_until, &row.case_until}) {
        const bool is_there = reader.flag();
        const Instant at = reader.time();
        if (is_there) *until = at;
    }
    reader.end();
    return row;
}

}  // namespace

std::optional<Unlocking> find(db::Tx& tx, const proof::World& world, const store::TokenHash& secret,
                              Instant now)
{
    const auto stored = store::find_mailed_code(tx, world.keys, secret, row_purpose, now);
    return stored ? std::optional(row_of(*stored)) : std::nullopt;
}

void save(db::Tx& tx, const proof::World& world, const store::TokenHash& secret, const Unlocking& row)
{
    store::put_mailed_code(tx, world.keys, secret, row_purpose, record_of(row), row.begun + row_life);
}

proof::UnlockShown shown_of(db::Tx& tx, const proof::World& world, const store::CredentialSet& credentials,
                            const Unlocking& row)
{
    const auto was_shown = [&](const FactorId& id) {
        return std::ranges::find(row.factors, id, &Factor::id) != row.factors.end();
    };
    proof::UnlockShown shown{{}, row.mailed};
    for (const Factor& one : row.factors)
        if (const auto since = credentials.password_changed_at();
            one.method == policy::Method::password && since)
            shown.factors.push_back({policy::Method::password, {}, *since});
    for (const store::TotpApp& app : credentials.totp_apps(tx, world.keys))
        if (was_shown(app.id))
            shown.factors.push_back({policy::Method::totp, policy::roots::app(false), app.created_at});
    for (const store::Passkey& passkey : credentials.passkeys(tx))
        for (const Factor& one : row.factors)
            if (one.id == passkey.id)
                shown.factors.push_back({one.method, proof::kept_in(passkey), passkey.created_at});
    return shown;
}

}  // namespace sallyport::lock
