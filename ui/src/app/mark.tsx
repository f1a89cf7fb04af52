/** The mark: a head and eight arms that read as a hub and its nodes, in the colour of its place. */
export function Mark({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true">
      <path
        fill="currentColor"
        fillRule="evenodd"
        d="M16 2.5c-4.6 0-7.5 3.6-7.5 8.3 0 2.7 1 4.6 2.6 5.9 1.3 1 3 1.5 4.9 1.5s3.6-.5 4.9-1.5c1.6-1.3 2.6-3.2 2.6-5.9 0-4.7-2.9-8.3-7.5-8.3zM13 10.6a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3zm6 0a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3z"
      />
      <path
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinecap="round"
        d="M9.6 13.5C7 14 4.8 13 3.6 10.5M10.5 16C8 18.500 5.5 19 3 18.6M12.5 17.6C11 21.5 9 23.5 6.4 24.8M15 18c0 4-.8 7-2.6 10.2M22.4 13.5c2.6.5 4.8-.5 6-3M21.5 16c2.5 2.5 5 3 7.500 2.6M19.5 17.6c1.5 3.900 3.5 5.9 6.1 7.2M17 18c0 4 .8 7 2.6 10.2"
      />
      <g fill="currentColor">
        <circle cx="3.4" cy="9.8" r="2.1" />
        <circle cx="2.8" cy="18.6" r="2.1" />
        <circle cx="6.2" cy="25" r="2.1" />
        <circle cx="12.2" cy="28.8" r="2.1" />
        <circle cx="28.6" cy="9.8" r="2.1" />
        <circle cx="29.2" cy="18.6" r="2.1" />
        <circle cx="25.8" cy="25" r="2.1" />
        <circle cx="19.8" cy="28.8" r="2.1" />
      </g>
    </svg>
  );
}
