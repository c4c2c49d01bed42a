"""Pages as sites send them in place of an article: checks for robots, consent, errors, logins; in many languages."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.model import ArticleStatus
from tests.support.page_parts import Labelled, bare, described, framed, page
from tests.support.stories import story

PAYWALLED, BLOCKED = ArticleStatus.PAYWALLED, ArticleStatus.BLOCKED
CONSENT, EMPTY = ArticleStatus.CONSENT, ArticleStatus.EMPTY


def wall_pages() -> tuple[Labelled, ...]:
    """Return all of them."""
    return (*_challenges(), *_consents(), *_errors(), *_logins(), *_other_walls())


# Robots


def _challenges() -> Iterable[Labelled]:
    robots = '<meta name="robots" content="noindex,nofollow">'
    titles = (
        ("Just a moment...", "paper.example needs to review the security of your connection before proceeding."),
        ("Nur einen Moment…", "Bitte bestätigen Sie, dass Sie ein Mensch sind. Zugriff wurde verweigert."),
        ("Un momento…", "Compruebe que es usted humano. paper.example revisa la seguridad de su conexión."),
        ("Один момент…", "Подтвердите, что вы человек. Доступ временно ограничен."),
        ("请稍候…", "请完成以下操作，验证您是真人。"),
        ("しばらくお待ちください...", "人間であることを確認します。少々お待ちください。"),
        ("잠시만 기다리십시오…", "사람인지 확인하는 중입니다."),
        ("لحظة…", "تحقق من أنك إنسان عبر إكمال الإجراء أدناه."),
    )
    for title, words in titles:
        yield Labelled(
            name=f"a check for robots titled {title}",
            html=bare(
                words,
                title=title,
                head=robots + '<meta http-equiv="refresh" content="390">',
                extra='<script src="/cdn-cgi/challenge-platform/h/g/orchestrate/chl_page/v1?ray=0"></script>',
            ),
            status=BLOCKED,
            never=words[:12],
        )
    yield Labelled(
        name="a check for robots in words of no language we know",
        html=bare("Pra hel sokuma, ten dorra vilim.", title="paper.example", head=robots).replace(
            "</body>", '<iframe src="https://geo.captcha-delivery.com/captcha/?x=1"></iframe></body>'
        ),
        status=BLOCKED,
        never="Pra hel",
    )
    yield Labelled(
        name="an edge server's refusal, served as 200",
        html=bare(
            "You don't have permission to access this page on this server. Reference #18.2d351ab8.1557333295.a4e16ab",
            title="Access Denied",
        ),
        status=BLOCKED,
        never="permission",
    )
    yield Labelled(
        name="a proof of work",
        html=bare(
            "You are seeing this because the administrator of this website has set up protection against automated "
            "tools. Your browser now does a proof-of-work, which takes a few seconds.",
            title="Making sure you're not a bot!",
            extra='<script src="/.within.website/x/cmd/anubis/static/js/main.mjs"></script>',
        ),
        status=BLOCKED,
        never="administrator",
    )
    yield Labelled(
        name="too much traffic, with a form",
        html=bare(
            "Our systems have detected unusual traffic from your network. Please confirm that you are not a robot.",
            title="The Paper",
            extra='<form><div class="g-recaptcha"></div><script src="https://www.google.com/recaptcha/api.js"></script>'
            "<button>Go on</button></form>",
        ),
        status=BLOCKED,
        never="unusual traffic",
    )
    yield Labelled(
        name="press and hold",
        html=page(
            '<div class="px-captcha-container"><p>Press &amp; Hold to confirm you are a human (and not a bot).</p>'
            '<p>Reference ID 1f3e</p></div><script>window._pxAppId="PX1";</script><div id="px-captcha"></div>',
            title="Access to this page has been denied",
        ),
        status=BLOCKED,
        never="Hold",
    )
    yield Labelled(
        name="an interruption",
        html=bare(
            "As you were browsing something about your browser made us think you were a bot. There are a few "
            "reasons this might happen: you have disabled cookies, or a plugin prevents JavaScript from running. "
            "After completing the CAPTCHA below, you will immediately regain access.",
            title="Pardon Our Interruption...",
        ),
        status=BLOCKED,
        never="plugin",
    )
    yield Labelled(
        name="a firewall's rejection",
        html=page(
            "The requested URL was rejected. Please consult with your administrator.<br>Your support ID is: 1234567890 "
            "<br>Incident ID: 77",
            title="Request Rejected",
        ),
        status=BLOCKED,
        never="support ID",
    )


# Consent


def _consents() -> Iterable[Labelled]:
    told = story("en")
    buttons = "<form><button>Accept all</button><button>Reject all</button></form>"
    yield Labelled(
        name="a portal's consent page",
        html=page(
            "<h1>Before you continue</h1>" + "".join(f"<p>{line}</p>" for line in told.cookies) + buttons,
            title="Before you continue",
        ),
        status=CONSENT,
        never="partners",
    )
    texts = {
        "de": "Wir und unsere Partner verwenden Cookies und brauchen dafür Ihre Einwilligung. Mit der Zustimmung "
        "erlauben "
        "Sie unseren Partnern Tracking. Mehr zum Datenschutz und zum Widerruf der Einwilligung steht in der "
        "Datenschutzerklärung. Ohne Cookies und ohne Zustimmung lesen Sie mit einem Abonnement.",
        "fr": "Avec votre consentement, nos partenaires et nous utilisons des cookies pour stocker des données "
        "personnelles. "
        "Vous pouvez retirer votre consentement à tout moment. Nos partenaires utilisent des traceurs et des cookies "
        "pour "
        "la publicité. Sans consentement, abonnez-vous pour lire sans cookies.",
        "es": "Nosotros y nuestros socios usamos cookies y datos personales con su consentimiento. Puede retirar el "
        "consentimiento en la configuración de cookies. Sin cookies y sin consentimiento puede leer con una "
        "suscripción. "
        "Los datos personales se tratan según la política de cookies.",
        "it": "Noi e i nostri partner utilizziamo cookie e dati personali con il tuo consenso. Puoi revocare il "
        "consenso "
        "nelle impostazioni dei cookie. Senza cookie e senza consenso puoi leggere con un abbonamento. I dati "
        "personali "
        "sono trattati secondo la cookie policy.",
        "pl": "My i nasi partnerzy używamy plików cookies i danych osobowych. Wyrażenie zgody jest dobrowolne, zgodę "
        "można "
        "wycofać w ustawieniach cookies. Bez zgody i bez cookies prosimy o wykup abonamentu. Cookies służą reklamie.",
        "ru": "Мы и наши партнёры используем файлы cookie и персональные данные. Дайте согласие на обработку "
        "персональных "
        "данных. Согласие можно отозвать. Без согласия и без файлов cookie доступна подписка. Согласие действует год.",
        "ja": "当サイトはクッキーを使用します。クッキーの使用に同意してください。"
        "プライバシーに関する同意はいつでも撤回できます。"
        "同意しない場合、クッキーなしで有料で読むことができます。プライバシーの詳細はこちら。",
        "tr": "Biz ve ortaklarımız çerezler kullanıyoruz. Çerezler için rıza gerekir. Kişisel verileriniz çerezlerle "
        "işlenir. "
        "Rızanızı çerez ayarlarında geri alabilirsiniz. Çerezler reklam içindir.",
    }
    for language, words in texts.items():
        yield Labelled(
            name=f"a consent page in {language}",
            html=page(f"<div><p>{words}</p>{buttons}</div>", title="The Paper", language=language),
            status=CONSENT,
            never=words[:14],
        )
    partners = "".join(f"<li>Partner {n} Media stores cookies for tracking, with your consent</li>" for n in range(800))
    yield Labelled(
        name="a consent page that lists eight hundred partners",
        html=page(
            f"<main><h1>We value your privacy</h1><p>{told.cookies[0]}</p><ul>{partners}</ul></main>{buttons}",
            title="The Paper",
        ),
        status=CONSENT,
        never="partners",
    )
    yield Labelled(
        name="a consent page that still describes the article",
        html=page(
            "".join(f"<p>{line}</p>" for line in told.cookies)
            + buttons
            + '<script src="https://cdn.privacy-mgmt.com/unified/wrapper.js"></script>',
            title=told.title,
            head=described(told),
        ),
        status=CONSENT,
        never="842 partners",
    )


# Nothing there


def _errors() -> Iterable[Labelled]:
    told = story("en")
    gone = (
        ("Page not found", "The page you requested does not exist or has been removed. Check the address."),
        ("Seite nicht gefunden", "Die Seite wurde leider nicht gefunden. Der Artikel ist nicht verfügbar."),
        ("Page introuvable", "La page demandée est introuvable. Elle n'existe plus."),
        ("Página no encontrada", "La noticia no existe. No hemos encontrado la página."),
        ("Страница не найдена", "Такой страницы не существует, или она удалена."),
        ("页面不存在", "您访问的页面不存在，可能已被删除。"),
        ("ページが見つかりません", "お探しのページは見つかりません。削除された可能性があります。"),
    )
    for title, words in gone:
        yield Labelled(
            name=f"a missing page with a good status, {title}",
            html=framed(
                f"<main><h1>{title}</h1><p>{words}</p></main>",
                told,
                title=f"{title} | The Paper",
                head='<meta name="robots" content="noindex">',
            ),
            status=EMPTY,
            never=words[:10],
        )
    yield Labelled(
        name="a missing page that search engines may list",
        html=framed(
            "<main><h1>Page not found</h1><p>The article was moved or has been removed.</p></main>",
            told,
            title="Page not found - The Paper",
        ),
        status=EMPTY,
        never="moved",
    )
    yield Labelled(
        name="a page that leads on",
        html=page(
            '<p>You are being taken to the story.</p><a href="https://b.example/1">Go on</a>',
            title="The Paper",
            head='<meta http-equiv="refresh" content="0; url=https://b.example/1">',
        ),
        status=EMPTY,
        never="being taken",
    )
    yield Labelled(
        name="a missing page of a large content system",
        html=framed(
            "<main><h1>Oops!</h1><p>That page seems to have gone on a journey. Perhaps searching will help.</p></main>",
            told,
            title="404 | The Paper",
            attributes='class="error404 wp-theme"',
        ),
        status=EMPTY,
        never="journey",
    )
    yield Labelled(
        name="a page that scripts draw",
        html=page(
            '<div id="root"></div><noscript>You need to enable JavaScript to run this app.</noscript>'
            '<script src="/static/main.js"></script>',
            title="The Paper",
        ),
        status=EMPTY,
        never="JavaScript",
    )
    yield Labelled(
        name="a page that asks for JavaScript in words",
        html=bare(
            "Please enable JavaScript to view this page. Your browser is out of date or JavaScript is switched off.",
            title="JavaScript required",
            extra="<script>document.location.reload()</script>",
        ),
        status=EMPTY,
        never="switched off",
    )
    yield Labelled(name="an empty frame", html=framed("<main></main>", told, head=described(told)), status=EMPTY)


# Logins


def _logins() -> Iterable[Labelled]:
    told = story("en")
    yield Labelled(
        name="a login within the site's frame",
        html=framed(
            "<main><form><h1>Sign in</h1><p>Log in with your e-mail and password. New here? Register.</p>"
            '<input name="u"><input type="password"><button>OK</button></form></main>',
            told,
            title="Sign in | The Paper",
        ),
        status=PAYWALLED,
        never="Register",
    )
    forms = (
        ("Sign in to The Paper", "Log in with your e-mail and password to go on. Forgot your password? Register here."),
        ("Anmelden", "Melden Sie sich mit Ihrem Passwort an. Noch kein Abo? Jetzt registrieren."),
        ("Se connecter", "Saisissez votre mot de passe. Pas encore abonné ? Abonnez-vous."),
        ("登录", "请输入您的账号和密码登录，或订阅本报。"),
    )
    for title, words in forms:
        yield Labelled(
            name=f"a login at the article's address, {title}",
            html=page(
                f'<form><h1>{title}</h1><p>{words}</p><input name="u"><input type="password" name="p">'
                "<button>OK</button></form>",
                title=title,
            ),
            status=PAYWALLED,
            never=words[:10],
        )


# Ages and regions


def _other_walls() -> Iterable[Labelled]:
    yield Labelled(
        name="an age gate",
        html=page(
            '<div class="age-gate"><h1>Age verification</h1><p>Please confirm that you are over 18. Enter your date of '
            "birth.</p><select><option>1990</option></select><button>Enter</button></div>",
            title="Age verification",
        ),
        status=BLOCKED,
        never="date of birth",
    )
    yield Labelled(
        name="a site that is not shown here",
        html=bare(
            "We recognise that you are attempting to access this website from a country belonging to the European "
            "Economic Area, including the EU, which enforces the GDPR, and therefore access cannot be granted. The "
            "site "
            "is not available in your region.",
            title="451: Unavailable due to legal reasons",
        ),
        status=BLOCKED,
        never="recognise",
    )
