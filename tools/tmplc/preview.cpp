// Writes the example pages in every language and the assets beside them, to be looked at in a browser.
#include "render/assets.h"
#include "render/messages.h"
#include "render/qr.h"
#include "views/gallery_account.h"
#include "views/gallery_code.h"
#include "views/gallery_sign_in.h"
#include "views/mail/mail_example.h"

#include <filesystem>
#include <fstream>

namespace {

using namespace sallyport;

void save(const std::filesystem::path& path, std::string_view text)
{
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

template <class View>
void page(const std::filesystem::path& path, const View& view, const render::Page& surroundings)
{
    std::string out;
    write_html(view, surroundings, out);
    save(path, out);
}

void language(const std::filesystem::path& folder, render::Language wanted)
{
    const std::filesystem::path here = folder / render::tag(wanted);
    render::Page surroundings;
    surroundings.language = wanted;
    surroundings.brand = "Harbour Exchange";
    surroundings.host = "id.exchange.example";
    views::GallerySignIn sign_in;
    page(here / "sign_in.html", sign_in, surroundings);
    sign_in.email = "ada@example.com";
    sign_in.problems.add("", render::Msg::example_pair);
    page(here / "sign_in_wrong.html", sign_in, surroundings);
    views::GalleryCode code;
    page(here / "code.html", code, surroundings);
    code.problems.add("code", render::Msg::example_wrong);
    page(here / "code_wrong.html", code, surroundings);

    views::GalleryAccount account;
    account.key = Secret::from_text("JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP");
    account.made = from_unix_ms(1'795'000'000'000);
    account.facts = {{"Amount", "0.25 BTC"},
                     {"To", "bc1q ar0s … 5mdq"},
                     {"Browser", "Firefox on Windows, about Lisbon, Portugal"}};
    account.steps = {{"Received", "done"}, {"In review", "current"}, {"Ready", ""}};
    for (int i = 0; i < 10; ++i)
        account.codes.push_back(Secret::from_text("9F3K-27QX-" + std::to_string(1000 + i * 77)));
    account.picture = render::qr_code("https://id.exchange.example/recover", "QR");
    surroundings.signed_in = true;
    surroundings.person = "a••@e••.com";
    surroundings.last_sign_in = account.made;
    page(here / "account.html", account, surroundings);

    views::MailExample mail;
    mail.device = "Firefox on Windows";
    mail.at = account.made;
    render::Letter letter;
    letter.language = wanted;
    letter.brand = surroundings.brand;
    letter.host = surroundings.host;
    letter.words = "amber kettle 47";
    letter.message_number = "V-4K7Q-9XTC-21HM-8ZRD";
    letter.lock_code = "7Q4M-XK29-HT3";
    std::string out;
    write_mail_html(mail, letter, out);
    save(here / "mail.html", out);
    out.clear();
    write_mail_text(mail, letter, out);
    save(here / "mail.txt", out);
}

}  // namespace

int main(int argc, char** argv)
{
    if (argc != 2) return 2;
    const std::filesystem::path folder = argv[1];
    for (const auto& asset : render::all_assets())
        save(folder / std::string(asset.path.substr(1)), asset.raw);
    for (const auto wanted :
         {render::Language::en, render::Language::ar, render::Language::en_xa, render::Language::ar_xb}) {
        language(folder, wanted);
    }
    return 0;
}
