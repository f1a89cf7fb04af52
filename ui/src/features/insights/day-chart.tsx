/** Stacked bars by day. Drawn for the eye alone: the table says the same to everybody. */
import "@mantine/core/styles/ColorSwatch.css";
import "@mantine/charts/styles.css";
import { BarChart } from "@mantine/charts";
import { useTranslation } from "react-i18next";
import { exactCount, shortCount, usd } from "../../lib/amounts";
import styles from "./insights-screen.module.css";

interface DayChartProps {
  data: Record<string, string | number>[];
  series: { name: string; label: string; color: string }[];
  unit: "tokens" | "usd";
}

export function DayChart({ data, series, unit }: DayChartProps) {
  const { i18n } = useTranslation();
  const language = i18n.language;
  const short = (value: number) => (unit === "usd" ? usd(value, language) : shortCount(value, language));
  const exact = (value: number) =>
    unit === "usd" ? `${usd(value, language)} USD` : exactCount(value, language);
  return (
    <div className={styles.chart} dir="ltr" aria-hidden data-chart={unit}>
      <BarChart
        h={220}
        data={data}
        dataKey="day"
        type="stacked"
        series={series}
        withLegend
        classNames={{ legendItemName: styles.legend }}
        legendProps={{ verticalAlign: "bottom", height: 32 }}
        valueFormatter={exact}
        gridColor="var(--line)"
        textColor="var(--text-2)"
        tickLine="none"
        yAxisProps={{ width: 56, tickFormatter: short, tickMargin: 4 }}
        xAxisProps={{ minTickGap: 24, tickMargin: 8 }}
        maxBarWidth={32}
        tooltipAnimationDuration={0}
        barProps={{ isAnimationActive: false, tabIndex: -1 }}
        barChartProps={{ accessibilityLayer: false }}
      />
    </div>
  );
}
