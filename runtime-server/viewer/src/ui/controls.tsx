/** Buttons and fields that look and behave the same everywhere. */
import type { ComponentChildren, JSX } from 'preact';
import { Icon, type IconName } from './icons.js';

interface ButtonProps {
  icon?: IconName;
  /** Words on the button. With an icon alone, `name` says what it does. */
  children?: ComponentChildren;
  name?: string;
  kind?: 'plain' | 'primary' | 'quiet' | 'danger';
  pressed?: boolean | undefined;
  disabled?: boolean;
  shortcut?: string;
  class?: string;
  onClick: () => void;
}

export function Button({ icon, children, name, kind = 'plain', pressed, shortcut, ...rest }: ButtonProps): JSX.Element {
  const title = [name, shortcut && `(${shortcut})`].filter(Boolean).join(' ');
  return (
    <button
      type="button"
      {...rest}
      class={`button ${kind} ${children ? '' : 'square'} ${rest.class ?? ''}`}
      {...(name && { 'aria-label': name, title })}
      {...(shortcut && { 'aria-keyshortcuts': shortcut })}
      {...(pressed !== undefined && { 'aria-pressed': pressed })}
    >
      {icon && <Icon name={icon} />}
      {children && <span>{children}</span>}
    </button>
  );
}

interface ChoiceProps<Value extends string> {
  /** What is being chosen, for those who hear the page. */
  name: string;
  options: readonly { value: Value; label: string; disabled?: boolean }[];
  value: Value;
  onChange: (value: Value) => void;
}

/** One of a few, side by side. */
export function Choice<Value extends string>({ name, options, value, onChange }: ChoiceProps<Value>): JSX.Element {
  return (
    <div class="choice" role="group" aria-label={name}>
      {options.map((option) => (
        <button
          type="button"
          key={option.value}
          aria-pressed={option.value === value}
          disabled={option.disabled === true}
          onClick={() => onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}

interface NumberFieldProps {
  label: string;
  unit: string;
  value: number;
  min: number;
  max: number;
  disabled?: boolean;
  onChange: (value: number) => void;
}

/** Takes effect on Enter or when left; what is out of range goes back to what it was. */
export function NumberField({ label, unit, value, min, max, disabled, onChange }: NumberFieldProps): JSX.Element {
  const shown = roundForReading(value);
  const commit = (input: HTMLInputElement): void => {
    const given = input.valueAsNumber;
    if (input.value === shown) return;
    if (Number.isFinite(given) && given >= min && given <= max) onChange(given);
    else input.value = shown;
  };
  return (
    <label class="field">
      <span>{label}</span>
      <span class="measure">
        <input
          type="number"
          step="any"
          inputMode="decimal"
          {...{ min, max }}
          value={shown}
          disabled={disabled === true}
          onChange={({ currentTarget }) => commit(currentTarget)}
        />
        <small>{unit}</small>
      </span>
    </label>
  );
}

/** Three significant digits, without an exponent where it can be helped. */
export function roundForReading(value: number): string {
  return String(Number(value.toPrecision(3)));
}
