// What every page has around it: navigation, language, colours, and word of a lost connection.
import { effect, useSignal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { languages, themes } from "../src/studio/shared/protocol.ts";
import { language } from "./i18n/language.ts";
import { t } from "./i18n/texts.ts";
import { type Page, pages } from "./pages.ts";
import { savePreferences } from "./savePreferences.ts";
import { isConnected, preferences, project } from "./state.ts";

const themeTexts = { light: "themeLight", dark: "themeDark" } as const;

effect(() => {
  document.documentElement.lang = language.value === "zh" ? "zh-CN" : "en";
});
effect(() => {
  const { theme } = preferences.value;
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
});

/** The whole window. */
export function Shell() {
  const page = useSignal(pageOfAddress());
  useEffect(() => {
    const follow = () => {
      page.value = pageOfAddress();
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, [page]);
  const title = t(page.value.title);
  useEffect(() => {
    document.title = `${title} · Fovea Studio`;
  }, [title]);
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById("content")?.focus()}>
        {t("toContent")}
      </button>
      <header class="top">
        <span class="brand">Fovea Studio</span>
        <nav aria-label={t("pages")}>
          {pages.map(({ id, title }) => (
            <a key={id} href={`#/${id}`} aria-current={page.value.id === id ? "page" : undefined}>
              {t(title)}
            </a>
          ))}
        </nav>
        <span class="project" title={project.value}>
          {project.value.split(/[/\\]/).slice(-2).join("/")}
        </span>
        <Choices />
      </header>
      {isConnected.value === false && (
        <p class="lost" role="alert">
          {t("connectionLost")}
        </p>
      )}
      <main id="content" class={`page-${page.value.id}`} tabIndex={-1}>
        {isConnected.value !== null && <Content key={page.value.id} page={page.value} />}
      </main>
    </>
  );
}

function Content({ page }: { page: Page }) {
  const content = useSignal<{ readonly Page: ComponentType } | null>(null);
  useEffect(() => {
    void page.load().then((Page) => {
      content.value = { Page };
    });
  }, [page, content]);
  if (!content.value) return <p class="soft">{t("loading")}</p>;
  const { Page } = content.value;
  return <Page />;
}

function Choices() {
  const { theme } = preferences.value;
  return (
    <span class="choices">
      <select
        aria-label={t("language")}
        value={language.value}
        onChange={({ currentTarget }) => {
          const chosen = languages.find((one) => one === currentTarget.value) ?? null;
          void savePreferences({ language: chosen });
        }}
      >
        <option value="en">English</option>
        <option value="zh">中文</option>
      </select>
      <select
        aria-label={t("theme")}
        value={theme ?? ""}
        onChange={({ currentTarget }) => {
          const chosen = themes.find((one) => one === currentTarget.value) ?? null;
          void savePreferences({ theme: chosen });
        }}
      >
        <option value="">{t("themeSystem")}</option>
        {themes.map((name) => (
          <option key={name} value={name}>
            {t(themeTexts[name])}
          </option>
        ))}
      </select>
    </span>
  );
}

function pageOfAddress(): Page {
  const id = location.hash.replace(/^#\//, "").split("/")[0];
  return pages.find((page) => page.id === id) ?? pages.find((page) => page.id === "train")!;
}
