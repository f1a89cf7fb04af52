/** What the account's models cost and who says so; a person says it where no table knows. */
import { Coins } from "lucide-react";
import { useTranslation } from "react-i18next";
import { bind } from "../../actions/action";
import { useHands } from "../../actions/use-actions";
import { useBackend } from "../../backend/use-backend";
import type { AccountView } from "../../backend/views";
import { ActionButton } from "../../components/button";
import { Ago } from "../../components/moment";
import styles from "./account-dialog.module.css";
import drawer from "./account-drawer.module.css";
import { AccountField as Field } from "./account-field";
import { forgetPrice } from "./actions";
import { SayDialog, type Typed } from "./say-dialog";

type Price = AccountView["prices"][number];

/** The price of its own model first, then what was said of others. */
export function PriceLines({ account }: { account: AccountView }) {
  const { t } = useTranslation();
  const { price, prices } = account;
  const others = prices.filter(({ model }) => price?.source !== "by_hand" || model !== price.model);
  return (
    <>
      {price === null ? (
        <p className="quiet">{t("accounts.price_unknown")}</p>
      ) : (
        <PriceLine account={account} price={price} />
      )}
      {others.map((other) => (
        <PriceLine key={other.model ?? ""} account={account} price={other} />
      ))}
    </>
  );
}

function PriceLine({ account, price }: { account: AccountView; price: Price }) {
  const { t } = useTranslation();
  const hands = useHands();
  return (
    <div>
      <p className={drawer.line}>
        <bdi className="num">{t("accounts.price_is", { input: price.input, output: price.output })}</bdi>
        {price.source === "by_hand" && (
          <ActionButton
            action={bind(forgetPrice, { account, model: price.model }, hands)}
            tone="quiet"
            icon={false}
            small
          />
        )}
      </p>
      <p className="small quiet">
        {price.model === null ? t("accounts.price_all") : <bdi dir="auto">{price.model}</bdi>},{" "}
        {t(`accounts.price_${price.source}`, { day: price.as_of ?? "" })}
        {price.since !== null && (
          <>
            , <Ago at={price.since} />
          </>
        )}
      </p>
    </div>
  );
}

export function SetPrice({ account, onClose }: { account: AccountView; onClose(): void }) {
  const { t } = useTranslation();
  const { transport } = useBackend();
  const send = ({ text, amount }: Typed) =>
    transport.call("accounts.set_price", {
      id: account.id,
      model: text("model") || null,
      input: amount("input"),
      output: amount("output"),
    });
  return (
    <SayDialog
      title={t("accounts.set_price")}
      text={t("accounts.price_text", { name: account.name })}
      send={{ label: t("accounts.set_price_now"), icon: Coins, action: "account.set_price_now" }}
      onSend={send}
      onClose={onClose}
    >
      {(problem) => (
        <>
          <Field
            name="model"
            label={t("accounts.field_model")}
            hint={t("accounts.price_model_hint")}
            problem={problem}
          >
            {(props) => <input {...props} dir="auto" defaultValue={account.model ?? ""} />}
          </Field>
          <div className={styles.pair}>
            <Field name="input" label={t("accounts.price_input")} problem={problem}>
              {(props) => <input {...props} required data-autofocus inputMode="decimal" dir="ltr" />}
            </Field>
            <Field name="output" label={t("accounts.price_output")} problem={problem}>
              {(props) => <input {...props} required inputMode="decimal" dir="ltr" />}
            </Field>
          </div>
        </>
      )}
    </SayDialog>
  );
}
