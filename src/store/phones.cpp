// Numbers and codes by e-mail as second factors, of a CredentialSet.
#include "base/record.h"
#include "store/credentials.h"

namespace sallyport::store {

std::vector<Phone> CredentialSet::phones() const
{
    std::vector<Phone> phones;
    for (const Row& row : m_rows) {
        if (row.kind != Kind::phone) continue;
        RecordReader reader(row.body, "phone.1");
        phones.push_back({ChannelId(row.id), reader.text(), row.created_at});
        reader.end();
    }
    return phones;
}

void CredentialSet::add_phone(const Phone& phone)
{
    put_row(phone.id.value(), Kind::phone, RecordWriter("phone.1").text(phone.number).take(),
            phone.proven_at);
}

void CredentialSet::remove_phone(const ChannelId& id) { remove(id.value()); }

std::optional<Instant> CredentialSet::email_codes_since() const
{
    const Row* const row = first(Kind::email_codes);
    return row == nullptr ? std::nullopt : std::optional(row->created_at);
}

void CredentialSet::start_email_codes(FactorId id, Instant now)
{
    if (first(Kind::email_codes) != nullptr) return;
    put_row(id.value(), Kind::email_codes, RecordWriter("email-codes.1").take(), now);
}

void CredentialSet::stop_email_codes() { remove_kind(Kind::email_codes); }

}  // namespace sallyport::store
