#pragma once
// From a parsed template to C++.
#include "catalogue.h"
#include "template.h"

#include <functional>
#include <map>
#include <string>

namespace tmplc {

struct World {
    const Catalogue* catalogue = nullptr;
    const std::map<std::string, std::string>* assets = nullptr;  // name -> path
    std::function<const Template&(const std::string&, const Place&)>
        open;  // an included file, or a BuildError
    std::string page_frame = "layout.html";
    std::string letter_frame = "mail/layout.html";
};

struct Source {
    std::string header;
    std::string source;
};

/// A page: write_html and write_json. `stem` names the header.
Source generate_page(const World& world, const Template& view, const std::string& stem);
/// A mail: mail_subject, write_mail_html, write_mail_text.
Source generate_mail(const World& world, const Template& html, const Template& text, const std::string& stem);
/// The two layouts, each in two halves around {{ content }}; the mail's also as text.
std::string generate_frames(const World& world, const Template& page, const Template& letter,
                            const Template& letter_text);

}  // namespace tmplc
