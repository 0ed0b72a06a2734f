/* global Chart */
import { loadBundle } from "@web/core/assets";
import { _t } from "@web/core/l10n/translation";

import { Component, onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";

/**
 * A small chart, and the same as a table: for screen readers, and to get behind each number.
 *
 * The table is what the parent puts into the slot.
 */
export class BankFeedChart extends Component {
    static template = "account_bank_feed_dashboard.Chart";
    static props = {
        type: String,
        /** What it shows, in a sentence. */
        label: String,
        labels: Array,
        /** Each with label, values and the name of the CSS variable of its color. */
        series: Array,
        isStacked: { type: Boolean, optional: true },
        /** The greatest value there can be. */
        max: { type: Number, optional: true },
        /** How a value is written. */
        format: Function,
        slots: Object,
    };

    setup() {
        this.canvas = useRef("canvas");
        this.chart = null;
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => this.draw(),
            () => [JSON.stringify([this.props.labels, this.props.series])]
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    get tableLabel() {
        return _t("As a table");
    }

    draw() {
        this.chart?.destroy();
        const style = getComputedStyle(this.canvas.el);
        const color = (name) => style.getPropertyValue(name).trim() || style.color;
        this.chart = new Chart(this.canvas.el, {
            type: this.props.type,
            data: {
                labels: this.props.labels,
                datasets: this.props.series.map((one) => this.dataset(one, color(one.color))),
            },
            options: this.options(style.color, color("--border-color")),
        });
    }

    dataset({ label, values }, color) {
        return {
            label,
            data: values,
            backgroundColor: color,
            borderColor: color,
            borderWidth: this.props.type === "line" ? 2 : 0,
            pointRadius: this.props.labels.length > 1 ? 2 : 4,
            spanGaps: true,
            // In equal colors the two would still be told apart: one stands above the other.
            stack: this.props.isStacked ? "one" : undefined,
        };
    }

    options(text, line) {
        const ticks = { color: text, maxRotation: 0, autoSkipPadding: 16 };
        const format = this.props.format;
        return {
            animation: false,
            maintainAspectRatio: false,
            interaction: { intersect: false, mode: "index" },
            plugins: {
                legend: { display: this.props.series.length > 1, labels: { color: text, boxWidth: 12 } },
                tooltip: {
                    callbacks: { label: (item) => `${item.dataset.label}: ${format(item.raw)}` },
                },
            },
            scales: {
                x: { stacked: this.props.isStacked, ticks, grid: { display: false } },
                y: {
                    stacked: this.props.isStacked,
                    beginAtZero: true,
                    max: this.props.max,
                    ticks: { ...ticks, maxTicksLimit: 5, callback: format },
                    grid: { color: line },
                },
            },
        };
    }
}
